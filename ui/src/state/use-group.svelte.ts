import { onMount } from "svelte";

import type { ConversationRow } from "../ipc/backend";
import { GroupModel } from "./group.svelte";
import type { AppModel } from "./model.svelte";

/** The group of a row: the open one, or one that is asked for while a component stands. */
export function useGroup(model: AppModel, row: ConversationRow): GroupModel {
  const open = model.group?.conversation === row.id ? model.group : null;
  const group = open ?? new GroupModel(model.backend, row.id);
  onMount(() => {
    void group.refresh();
    return open === null ? model.events.on((event) => group.apply(event)) : undefined;
  });
  return group;
}
