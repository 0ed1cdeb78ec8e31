/** The drawing's fonts, in the typefaces of colours.css. */
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif';
const MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

export const LABEL_FONT = { plain: `11px ${SANS}`, strong: `600 11.5px ${SANS}` };
export const TOKEN_FONT = { plain: `11.5px ${MONO}`, strong: `600 11.5px ${MONO}` };
/** Of a label that is borrowed or made. */
export const INFERRED_FONT = { plain: `italic ${LABEL_FONT.plain}`, strong: `italic ${LABEL_FONT.strong}` };
export const AXIS_FONT = `10.5px ${MONO}`;
/** Of a picture's caption. */
export const TITLE_FONT = `600 13px ${SANS}`;
