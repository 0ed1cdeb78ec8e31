/** collection/: a collection: its graphs, and what they share. */
import { TopBar } from "../shared/TopBar";

export function Collection({ name }: { name: string }) {
  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <h1>{name}</h1>
      </main>
    </div>
  );
}
