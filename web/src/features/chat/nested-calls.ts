type Call = { id: string; parentId: string | null };

/** Calls in order, those of an agent that was asked like a tool below the call that asked it. */
export function nested<One extends Call>(calls: readonly One[]): { call: One; depth: number }[] {
  const ids = new Set(calls.map(({ id }) => id));
  const outer = calls.filter(({ parentId }) => !parentId || !ids.has(parentId));
  return outer.flatMap((call) => [
    { call, depth: 0 },
    ...calls
      .filter(({ id, parentId }) => parentId === call.id && id !== call.id)
      .map((inner) => ({ call: inner, depth: 1 })),
  ]);
}
