/** How one listener reads what comes. */
export interface ListenerProfile {
  /** Named in the log of messages and in `meta.source` of what they make. */
  readonly name: string;
  /** Of messages that say nothing in MSH-18; in the words of table 0211. */
  readonly characterSet: string;
  /** What MSH-11 may say: `P`, and `T` or `D` where tests are to be applied too. */
  readonly processingIds: readonly string[];
}
