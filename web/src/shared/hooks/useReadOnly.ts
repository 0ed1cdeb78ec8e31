/** Whether the server's data set is only read, where no page offers to change it. */
import { useEffect, useState } from "react";
import { getHealth } from "../../api/client";

/** Asked once a page: a server does not change what it serves. */
let asked: Promise<boolean> | null = null;

function ask(): Promise<boolean> {
  asked ??= getHealth().then(
    ({ content }) => (content ?? null) !== null,
    () => {
      asked = null; // whoever asks next tries again
      return false;
    },
  );
  return asked;
}

/** False until the server has said. */
export function useReadOnly(): boolean {
  const [isReadOnly, setReadOnly] = useState(false);
  useEffect(() => {
    let isGone = false;
    void ask().then((answer) => {
      if (!isGone) setReadOnly(answer);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return isReadOnly;
}
