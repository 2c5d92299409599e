/**
 * @module
 * A row of the failure table: what goes wrong, and who sees what. `docs/operations/failures.md` is written from the
 * rows (`npm run docs`), and `failures.test.ts` makes each fault happen and compares.
 *
 * To add a fault: a row in one of the tables, and how it happens in `scenes.ts`. The compiler finds a row without.
 */

/** What a client gets. */
export interface ClientSees {
  readonly status: number;
  /**
   * The error code in a body of mintproc; `empty`: no body; `Envoy`: a sentence of Envoy. Of a request that reaches the
   * upstream, what that gets: the token, or the header as the client sent it.
   */
  readonly body: 'empty' | 'Envoy' | 'token' | "the client's header" | (string & {});
  readonly header?: readonly [name: string, value: string];
}

export interface OperatorSees {
  /** Series of mintproc that grow. */
  readonly grows?: readonly string[];
  /** Series of mintproc with their values. */
  readonly figures?: Readonly<Record<string, number>>;
  /** A line of the log: its message and its code, if it has one. */
  readonly log?: readonly [message: string, code?: string];
  /** `/readyz`: its status, and a member of its body. */
  readonly ready?: 'no answer' | readonly [status: number, member: string, value?: string];
  /** How mintproc ended. */
  readonly exit?: number | string;
  /** Statistics of Envoy that grow. */
  readonly envoy?: readonly string[];
}

export interface Failure {
  readonly fault: string;
  /** By the filter; null if the filter cannot have the fault. */
  readonly client: { readonly ext_proc: ClientSees | null; readonly ext_authz: ClientSees | null };
  /** Whether the upstream may get the request although it is refused. */
  readonly reaches?: boolean;
  readonly operator: OperatorSees;
  readonly toDo: string;
}

/** The same with both filters. */
export const both = (sees: ClientSees): Failure['client'] => ({ ext_proc: sees, ext_authz: sees });

/** Without an answer of mintproc. */
export const unanswered: Failure['client'] = {
  ext_proc: { status: 500, body: 'empty' },
  ext_authz: { status: 403, body: 'empty' },
};

export const served = both({ status: 200, body: 'token' });
