/** The state cannot be taken or kept. `message` is one sentence and names the file. */
export class StateError extends Error {
  override readonly name = "StateError";
}
