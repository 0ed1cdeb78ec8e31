/** A field with a list box of which one option is active while the field keeps the focus. */
import { useEffect, type RefObject } from "react";

/** The attributes of the field. `list`: the id of the list box; `active`: of the active option, if there is one. */
export const comboboxField = (list: string, isExpanded: boolean, active: string | undefined) =>
  ({
    type: "text",
    role: "combobox",
    "aria-expanded": isExpanded,
    "aria-controls": list,
    "aria-activedescendant": active,
    "aria-autocomplete": "list",
    autoComplete: "off",
    spellCheck: false,
  }) as const;

/** Scrolls to the active option whenever it is another. */
export function useActiveInSight(list: RefObject<HTMLElement | null>, active: string | number | undefined): void {
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [list, active]);
}
