import { errorText } from "../../i18n/words";
import { apiError } from "../../ipc/errors";
import { utf8Bytes } from "../../lib/text";

/** What is wrong with a typed name and note, in words. */
export function entryProblems(name: string, note: string): [name: string | null, note: string | null] {
  return [
    utf8Bytes(name.trim()) > 100 ? errorText(apiError("nameTooLong")) : null,
    utf8Bytes(note.trim()) > 1000 ? errorText(apiError("noteTooLong")) : null,
  ];
}
