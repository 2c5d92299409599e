/**
 * @module
 * The calls of `interface.ts` by name: what a body must look like, and what answers it.
 */
import * as z from 'zod';
import type { Calls } from './interface.ts';

/** A call that cannot be taken. The message is for the user. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  /** Of HTTP, 4xx. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What answers each call, by its name. `enter` is the server's own. */
export type Answering = {
  readonly [Name in Exclude<keyof Calls, 'enter'>]: (
    body: Calls[Name]['body'],
  ) => Calls[Name]['answer'] | Promise<Calls[Name]['answer']>;
};

export type Handlers = ReadonlyMap<string, (body: unknown) => Promise<unknown>>;

/** Files of one workspace. @internal Exported for the test at the limit. */
export const maxFiles = 500;

const name = z.string().min(1).max(1_024);
const files = z.array(z.object({ name, text: z.string() })).max(maxFiles);

const bodies = {
  open: z.object({}),
  run: z.object({ files, isFolder: z.boolean(), case: z.string() }),
  evaluate: z.object({ profile: z.enum(['flex', 'dataweave']), expression: z.string(), context: z.string() }),
  save: z.object({ name, text: z.string(), version: z.string() }),
} as const satisfies { readonly [Name in keyof Answering]: z.ZodType<Calls[Name]['body']> };

/** Calls are answered one after another: a run occupies the thread. */
export function handlersOf(answering: Answering): Handlers {
  const handler =
    <Name extends keyof Answering>(called: Name) =>
    async (given: unknown): Promise<unknown> => {
      const body = bodies[called].safeParse(given);
      if (!body.success)
        throw new CallRefused(400, `The body of this call is not valid: ${z.prettifyError(body.error)}`);
      return answering[called](body.data as Calls[Name]['body']);
    };
  const names = Object.keys(bodies) as (keyof Answering)[];
  return new Map(names.map((called) => [called, handler(called)]));
}
