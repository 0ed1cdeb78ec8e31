/** ask/: what the database can be asked: named queries as forms, Cypher of one's own, saved queries. */
import { TopBar } from "../shared/TopBar";

export function Ask() {
  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <h1>Ask</h1>
      </main>
    </div>
  );
}
