/** In a page inside another page: what cannot be shown there, and the way to where it can. */
interface ElsewhereProps {
  why: string;
}

export function Elsewhere({ why }: ElsewhereProps) {
  return (
    <main className="notice" data-testid="elsewhere">
      <p>
        {why}{" "}
        <a href={window.location.pathname} target="_blank" rel="noopener">
          Open Circuit Explorer
        </a>
      </p>
    </main>
  );
}
