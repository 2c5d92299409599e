/**
 * @module
 * Writes the test of an imported policy.
 */
import { fillIn, Open, type Writable } from '../dialects/exported.ts';
import { commentedYaml, Noted, type Written } from '../documents/commented-yaml.ts';
import type { RequestInputs } from '../plan/request-inputs.ts';
import { type ExampleRequest, requestOf } from './example-request.ts';
import { written } from './open-values.ts';
import type { TokenTest } from './token-tests.ts';

/** @param inputs what the policy reads; undefined if that is not known yet */
export function testFileText(test: TokenTest, inputs?: RequestInputs): string {
  const { entry, request, route, output, recorded } = test;
  const { header, prefix } = output ?? {};
  const isKnown = typeof header === 'string' && typeof prefix === 'string';
  const one: Written = {
    name: 'as the old gateway made it',
    request: requestWritten(request, inputs),
    ...callerWritten(inputs),
    expect: {
      route: written(route),
      policy: written(entry),
      ...(isKnown ? { header: written({ name: header, prefix }) } : {}),
      sameAs: recorded,
    },
  };
  return commentedYaml(headingOf(test), [{ config: '../mintproc.yaml', cases: [one] }]);
}

function headingOf({ file, recorded }: TokenTest): string {
  return [
    'Written by `mintproc import`: the token of a policy against one that the old gateway made.',
    `Record a token of the gateway for a known request, put it into ${recorded} beside this file, and write that request and its caller here. Replace each ${fillIn}.`,
    `Then run, in the folder above: mintproc test ${file}`,
    'A recorded token is a credential until it expires: record one of a test caller.',
  ].join('\n');
}

function requestWritten(request: ExampleRequest | undefined, inputs: RequestInputs | undefined): Written {
  const known: Readonly<Record<string, Writable>> = request === undefined ? unknownRequest : requestOf(request);
  const sent = request?.headers ?? {};
  const read = (inputs?.headers ?? []).filter((name) => !Object.hasOwn(sent, name));
  const headers = { ...sent, ...Object.fromEntries(read.map((name) => [name, headerValue])) };
  const whole = written({ ...known, ...(Object.keys(headers).length === 0 ? {} : { headers }) });
  return request === undefined ? whole : new Noted('An example that takes the route: write the recorded one.', whole);
}

const unknownRequest = {
  method: new Open('Write the method of the recorded request, and its path, query and host.'),
  path: '/',
};

const headerValue = new Open('Write the value in the recorded request, or remove the line if it had no such header.');
const claimValue = new Open("Write the value in the recorded caller's token, or remove the line if it had none.");
const anyClaims = new Open("Write the claims of the recorded caller's token, or remove `caller` if there was none.");

function callerWritten(inputs: RequestInputs | undefined): { readonly caller?: Written } {
  if (inputs?.needsCaller === false) return {};
  const claims = inputs === undefined || inputs.claims.length === 0 ? { sub: anyClaims } : claimsAt(inputs.claims);
  return { caller: { claims: written(claims) } };
}

/** @param paths of claims, none empty */
function claimsAt(paths: RequestInputs['claims']): Writable {
  const byName = Map.groupBy(paths, ([first = '']) => first);
  return Object.fromEntries(
    Array.from(byName, ([name, own]) => [
      name,
      own.some(({ length }) => length === 1) ? claimValue : claimsAt(own.map((path) => path.slice(1))),
    ]),
  );
}
