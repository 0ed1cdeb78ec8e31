/** Keys of the page's own: none of them is for a field that is being typed into, nor for an open dialog. */

/** Whether a key goes to a field or a dialog. */
export function isTyping({ target }: Pick<KeyboardEvent, "target">): boolean {
  if (document.querySelector("dialog[open]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=range], [type=radio]"));
}

/** Whether a key is pressed alone: no field has it, and no key that changes its meaning is held. */
export const isPlainKey = (event: KeyboardEvent): boolean => !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event);
