/** runs/: all jobs, queued to ended; cancelled, tried again, with the settings that they used. */
import { TopBar } from "../shared/TopBar";

export function Runs() {
  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <h1>Runs</h1>
      </main>
    </div>
  );
}
