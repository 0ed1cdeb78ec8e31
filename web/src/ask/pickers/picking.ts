/** What a picker is given, whatever it picks. */
export interface Picking {
  id: string;
  value: string;
  isRequired: boolean;
  isWrong: boolean;
  describedBy: string;
  onChange: (value: string) => void;
}

/** Milliseconds without a key before what is typed is searched for. */
export const PAUSE = 200;
/** Choices in a list; more are found by what is typed. */
export const LISTED = 30;
