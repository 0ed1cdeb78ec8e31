// Measures a page from within: when something is first painted, and how long a frame, a click and a move of the mouse
// take. All times are those of performance.now().
{
  /** Calls back when the next frame's own work is done: its callbacks, its layout and its painting. */
  const afterFrame = (done) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(0);
    });

  /** The time at the end of the first frame in which `isThere` is true. */
  const painted = (isThere) =>
    new Promise((resolve) => {
      const look = () => {
        if (isThere()) afterFrame(resolve);
        else requestAnimationFrame(look);
      };
      look();
    });

  /** The tooltip as it is seen, or null. */
  const tooltip = () => {
    const shown = document.querySelector("[data-testid=tooltip], .tooltip:not(.tooltip-hidden)");
    return shown && `${shown.style.left} ${shown.style.top} ${shown.textContent}`;
  };

  const bench = {
    painted,
    longest: 0,
    /** Of each move of the mouse: when it happened, and when its frame, and the tooltip that it changed, were painted. */
    moves: [],
    /** The next click: how long it takes to its paint. */
    nextClick() {
      return new Promise((resolve) => {
        const clicked = ({ timeStamp }) => afterFrame((now) => resolve(now - timeStamp));
        window.addEventListener("click", clicked, { capture: true, once: true });
      });
    },
    /** Frames a second from `start` on, when `frames` is asked. */
    start() {
      bench.times = [];
      const count = (now) => {
        bench.times.push(now);
        bench.counting = requestAnimationFrame(count);
      };
      bench.counting = requestAnimationFrame(count);
    },
    frames() {
      cancelAnimationFrame(bench.counting);
      const { times } = bench;
      return (1000 * (times.length - 1)) / (times.at(-1) - times[0]);
    },
  };
  window.bench = bench;

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) bench.longest = Math.max(bench.longest, duration);
  }).observe({ type: "longtask", buffered: true });

  window.addEventListener(
    "mousemove",
    ({ timeStamp }) => {
      const move = { at: timeStamp, frame: null, tooltip: null };
      const before = tooltip();
      bench.moves.push(move);
      const look = (now) => {
        move.frame ??= now - timeStamp;
        const shown = tooltip();
        if (shown !== null && shown !== before) move.tooltip = now - timeStamp;
        else if (bench.moves.at(-1) === move && now - timeStamp < 1000) afterFrame(look);
      };
      afterFrame(look);
    },
    true,
  );
}
