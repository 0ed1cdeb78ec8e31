/** Asks for graph files to import, wherever one is on the page: `imports/` answers. */

export const ASKED = "circuit-explorer:import";

export function askForFiles(): void {
  window.dispatchEvent(new Event(ASKED));
}
