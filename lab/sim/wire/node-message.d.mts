interface Message {
  toBinary(): Uint8Array;
}
export const Node: new (init: Record<string, unknown>) => Message;
export const NodeStats: new (init: Record<string, unknown>) => Message;
export const NodeState: { SERVING: 1; SHUTTING_DOWN: 2 };
