/** compare/: two graphs beside each other: what only one has, and what both have. */
import { TopBar } from "../shared/TopBar";

export function Compare() {
  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <h1>Compare</h1>
      </main>
    </div>
  );
}
