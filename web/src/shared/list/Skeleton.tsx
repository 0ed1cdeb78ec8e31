/** Where lines will be: what is on its way, in words for those who do not see it. */

interface SkeletonProps {
  label: string;
  /** How many lines. */
  n?: number;
}

export function Skeleton({ label, n = 3 }: SkeletonProps) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: n }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  );
}
