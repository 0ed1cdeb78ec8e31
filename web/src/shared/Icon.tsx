/** Line icons, 16 pixels square, in the colour of the text around them. */
const PATHS = {
  bin: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.7M9.2 7v3.7",
  system: "M2.5 3.5h11v7.5h-11zM6 13.5h4M8 11v2.5",
  light: "M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1",
  dark: "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z",
  upload: "M8 10.5v-8M5 5.2l3-3l3 3M2.5 10.5v3h11v-3",
  download: "M8 2.5v8M5 7.8l3 3l3-3M2.5 10.5v3h11v-3",
  pencil: "M3 13l.7-3L10.6 3.1l2.3 2.3L6 12.3zM9.2 4.5l2.3 2.3",
  close: "M4 4l8 8M12 4l-8 8",
  turn: "M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 8l-2.5 2.5L7 13",
  search: "M7 2.6a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 1 0 0-8.4M10.2 10l3.3 3.4",
  box: "M2.5 5V2.5H5M7 2.5h2M11 2.5h2.5V5M13.5 7v2M13.5 11v2.5H11M9 13.5H7M5 13.5H2.5V11M2.5 9V7",
  grow: "M9.5 2.5h4v4M13.5 2.5l-4.3 4.3M6.5 13.5h-4v-4M2.5 13.5l4.3-4.3",
  shrink: "M13.3 6.5H9.5V2.7M9.5 6.5l4-4M2.7 9.5h3.8v3.8M6.5 9.5l-4 4",
  flask: "M6 2.5h4M6.8 2.5v4.2L3.3 12.3a.8.8 0 0 0 .7 1.2h8a.8.8 0 0 0 .7-1.2L9.2 6.7V2.5M5.1 10h5.8",
  compare: "M2.5 3.5h4.5v9H2.5zM9 3.5h4.5v9H9M4 6h1.5M10.5 6H12M10.5 8.5H12",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  chevron: "M6 3.5L10.5 8L6 12.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
