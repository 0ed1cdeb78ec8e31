/** features/: one feature in all stored graphs. */
import type { FeatureName } from "../api/client";
import { TopBar } from "../shared/TopBar";

export function Feature({ feature }: { feature: Omit<FeatureName, "site"> }) {
  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <h1>{feature.index}</h1>
      </main>
    </div>
  );
}
