/**
 * @module
 * The header of a policy's token, from where the token goes for each operation.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { isPlainName } from '../../../diagnostics/harmless.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import { type ExportedPolicy, Open } from '../../exported.ts';
import type { Destination, Reader } from './destination.ts';
import type { Action } from './flow.ts';
import { type AssemblyFacts, positionIn } from './setters.ts';

export type PolicyOutput =
  | { readonly kind: 'header'; readonly output: NonNullable<ExportedPolicy['output']> }
  /** What to say, and at which action. */
  | {
      readonly kind: 'open';
      readonly output: NonNullable<ExportedPolicy['output']>;
      readonly message: string;
      readonly at: Action | undefined;
    }
  | { readonly kind: 'cannot'; readonly code: Code; readonly message: string; readonly at: Action | undefined };

/** Whether the token reaches the backend, or may reach it. */
export function mayBeSent({ headers, readers, isSent }: Destination): boolean {
  if (headers.size > 0) return true;
  const mayWrite = readers.some(
    ({ how }) => how === 'reads' || how === 'writes' || how === 'condition' || how === 'call',
  );
  return isSent && (mayWrite || readers.length === 0);
}

/**
 * @param destinations one for each operation for which the policy runs
 * @param isFragment whether the file is a part of an assembly
 */
export function outputOf(
  destinations: readonly Destination[],
  assembly: AssemblyFacts,
  isFragment: boolean,
): PolicyOutput {
  const sent = isFragment ? destinations : destinations.filter(mayBeSent);
  if (sent.length === 0) return notSent(destinations);
  const certain = sent.map(certainHeader);
  const [first] = certain;
  if (first !== undefined && certain.every((one) => one?.header === first.header && one.prefix === first.prefix)) {
    const { header, prefix } = first;
    if (prefix === undefined) return { kind: 'header', output: { header, prefix: openPrefix() } };
    if (isUsable(header) && plainPrefix.test(prefix)) return { kind: 'header', output: { header, prefix } };
  }
  return undecided(sent, assembly);
}

/** A word or some, such as `Bearer `. Anything else may be a secret, and is not repeated. */
const plainPrefix = /^(?:[A-Za-z][A-Za-z -]{0,63})?$/;

/** Envoy does not let a processor set the others. */
const notSettable =
  /^(?:host|connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|x-envoy-.*)$/;

function isUsable(header: string): boolean {
  return isPlainName(header) && !notSettable.test(header);
}

interface Header {
  readonly header: string;
  readonly prefix: string | undefined;
}

function certainHeader({ headers, readers }: Destination): Header | undefined {
  const [only, second] = headers;
  if (only === undefined || second !== undefined) return undefined;
  if (readers.some(({ how }) => how === 'writes' || how === 'condition')) return undefined;
  const [header, prefix] = only;
  return { header, prefix };
}

function openPrefix(): Open {
  return new Open(
    '`"Bearer "` if the API ran on the DataPower API Gateway, `""` if it ran on the v5-compatible gateway',
  );
}

function undecided(sent: readonly Destination[], assembly: AssemblyFacts): PolicyOutput {
  const readers = [...new Map(sent.flatMap((one) => one.readers).map((one) => [one.action, one])).values()];
  const headers = new Set(sent.flatMap((one) => [...one.headers.keys()]));
  const facts = [
    ...[...headers].filter(isPlainName).map((header) => `some requests have it in the header ${header}`),
    ...readers.map((reader) => factOf(reader, assembly)),
  ];
  const message =
    readers.length === 0 && headers.size === 0
      ? 'No action of the assembly reads the token, so the header that the backend reads is not known.'
      : 'Which header of the request the token is written to cannot be read from the assembly.';
  return {
    kind: 'open',
    output: {
      header: new Open('the request header in which the backend reads the token', facts),
      prefix: new Open('what is before the token in that header: `""` or `"Bearer "`', facts),
    },
    message,
    at: readers[0]?.action,
  };
}

const ways: Readonly<Record<Reader['how'], string>> = {
  reads: 'reads the token',
  writes: 'may write to the variable with the token',
  part: 'puts the token into a longer text',
  call: 'sends the token, and another request follows',
  'side-call': 'sends the token to another service',
  condition: 'handles the token only on a condition',
  replaced: 'replaces the token',
  response: 'uses the token after the request to the backend',
};

function factOf({ how, action }: Reader, assembly: AssemblyFacts): string {
  const { document } = assembly;
  const place = placeText(document.source.placeAt(document.keyOffsetOf(action.path)));
  return `the action at ${place} (${positionIn(assembly, action.path)}) ${ways[how]}`;
}

function notSent(destinations: readonly Destination[]): PolicyOutput {
  const readers = destinations.flatMap((one) => one.readers);
  const find = (how: Reader['how']): Action | undefined => readers.find((one) => one.how === how)?.action;
  const code = 'datapower.token-elsewhere';
  const replaced = find('replaced');
  if (replaced !== undefined) {
    const message = 'A later action replaces the token before a request is sent, so the backend never gets it.';
    return { kind: 'cannot', code, message, at: replaced };
  }
  const call = find('side-call');
  if (call !== undefined) {
    const message = 'The gateway sends the token to another service, not in a header of the request to the backend.';
    return { kind: 'cannot', code, message, at: call };
  }
  const message = destinations.some(({ isSent }) => isSent)
    ? 'The gateway does not write the token to a header of the request to the backend.'
    : 'After the policy, the assembly sends no request: the token goes into the response, or nowhere.';
  return { kind: 'cannot', code, message, at: readers[0]?.action };
}
