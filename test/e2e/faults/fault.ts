/**
 * @module
 * A row of the table of faults: what happens while requests keep coming, and what an operator can see of it.
 */
import type { Setting, Stage } from './stage.ts';

export interface Fault extends Setting {
  readonly what: string;
  /** Makes the fault, which lasts until the returned function is called. Without one, it is over at the return. */
  readonly begin: (stage: Stage) => Promise<(() => Promise<void> | void) | undefined>;
  /** Milliseconds for which it lasts, by chance between the two. */
  readonly lasts?: readonly [from: number, to: number];
  /** Why it cannot happen on this machine. */
  readonly missing?: string | undefined;
  /** Whether a connection of a client may break, or a request arrive although its client has no answer. */
  readonly breaksConnections?: true;
  /** Whether Envoy itself is stopped, and its answers come later. */
  readonly delays?: true;
  /** Milliseconds in which service is back, in place of a second: what is documented of it. */
  readonly backWithin?: number;
  /** Whether all requests must be served during the fault. */
  readonly served?: true;
  /** Series of mintproc that grow, by the name without labels. */
  readonly grows?: readonly string[];
  /** Series of mintproc and what they are during the fault. All of them are 0 again afterwards. */
  readonly shows?: readonly string[];
  /** Lines of the log. */
  readonly log?: readonly string[];
  /** Statistics of Envoy that grow. */
  readonly envoy?: readonly string[];
}
