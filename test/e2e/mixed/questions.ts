/**
 * @module
 * What callers send, good and bad, and how each ends.
 */

import type { Dice } from '../../search/dice.ts';
import type { Question } from '../harness/client.ts';
import { numberHeader } from './policies.ts';

interface Kind {
  readonly path: string;
  /** How often it is sent, among all. */
  readonly share: number;
  readonly caller?: 'valid' | 'invalid';
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** 200: the upstream answers. */
  readonly status: number;
}

const kinds: readonly Kind[] = [
  { path: '/caller/orders', share: 24, caller: 'valid', status: 200 },
  { path: '/apigee/orders', share: 24, status: 200 },
  { path: '/connect/orders', share: 24, status: 200 },
  { path: '/fails?fail=no', share: 8, status: 200 },
  { path: '/fails?fail=yes', share: 4, status: 500 },
  { path: '/required', share: 4, status: 401 },
  { path: '/caller', share: 4, caller: 'invalid', status: 401 },
  { path: '/unknown', share: 4, status: 404 },
  { path: '/connect//x/%2e%2e/orders', share: 2, headers: [['x_number', 'spoofed']], status: 200 },
  { path: '/apigee', share: 2, headers: [['x-large', 'x'.repeat(40_000)]], status: 200 },
];

/** What a client writes in place of a token. */
const spoofed = 'spoofed-by-a-client';

const sequence: readonly Kind[] = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));

export type Filter = 'ext_proc' | 'ext_authz';

export interface Asked {
  readonly question: Question;
  readonly status: number;
  readonly filter: Filter;
  readonly path: string;
}

/** What only callers and clients have written: values of headers and claims. */
export const callersText = /\b(?:once|again)-\d|spoofed-by-a-client|\bpartner-42\b/;

/** Numbers that come back, so that tokens are reused. */
const frequent = 100;

export interface Mix {
  /** The caller's token. */
  readonly token: string;
  readonly variant: (filter: Filter) => string;
  /** More paths, whose requests get a token. */
  readonly paths?: readonly string[] | undefined;
}

/** Percent of the requests that go to one of the additional paths, if there are some. */
const additional = 20;

export function nextQuestion(dice: Dice, number: number, { token, variant, paths = [] }: Mix): Asked {
  const isMore = paths.length > 0 && dice.chance(additional);
  const kind: Kind = isMore ? { path: dice.pick(paths), share: 1, status: 200 } : dice.pick(sequence);
  const filter = dice.pick<Filter>(['ext_proc', 'ext_authz']);
  const value = dice.chance(50) ? `again-${dice.roll(frequent)}` : `once-${number}`;
  const bearer = kind.caller === 'valid' ? token : spoofed;
  const headers: (readonly [string, string])[] = [
    ['x-via', variant(filter)],
    [numberHeader, value],
    ['authorization', `Bearer ${bearer}`],
    ...(kind.headers ?? []),
  ];
  return { status: kind.status, filter, path: kind.path, question: { path: kind.path, headers } };
}
