/**
 * @module
 * What every service that signs must do. A service is a row: how a test reaches it, and how it fails.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { compactVerify } from 'jose/jws/compact/verify';
import { arrival } from '../../../src/diagnostics/later.ts';
import { signatureAlgorithms } from '../../../src/jose/signature-algorithms.ts';
import { heldKey } from '../../../src/keys/held-key.ts';
import type { OutsideKey } from '../../../src/keys/outside/outside-key.ts';
import { type OutsideAnswer, OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import { rowNamed } from '../../jose/algorithm-rows.ts';
import type { Fault } from './fake-server.ts';

/** A service that a test has started. */
export interface StartedService extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The key for an algorithm, with this deadline in milliseconds. */
  keyFor(algorithm: string, deadline: number): OutsideKey;
}

export interface Failures {
  /** What the next requests meet; `always`: all of them. */
  fail(fault: Fault, always?: 'always'): void;
  /** Lets everything work again. */
  heal(): void;
  /** Disables the key of an algorithm. */
  disable(algorithm: string): void;
  /** Lets another key sign in its place. */
  exchange(algorithm: string): void;
  /** Takes the permission away. */
  lock(): void;
  /** How many requests for signatures there were. */
  readonly signatures: number;
}

export interface ServiceContract {
  readonly name: string;
  readonly algorithms: readonly string[];
  start(): Promise<StartedService>;
  readonly skip?: string | false;
}

/** A service that can be made to fail. */
export interface FailingContract extends ServiceContract {
  start(): Promise<StartedService & { readonly failures: Failures }>;
}

/** Long enough for a busy machine. */
const patient = 30_000;

async function describedKey(signers: OutsideSigners, key: OutsideKey) {
  const answer = await signers.ask(key);
  assert.equal(answer.kind, 'key', JSON.stringify(answer));
  return { answer, outside: versioned(key, answer) };
}

function versioned(key: OutsideKey, answer: Extract<OutsideAnswer, { kind: 'key' }>): OutsideKey {
  return key.service === 'vaultTransit' ? { ...key, version: answer.version } : key;
}

/** A signer of the key, and its public half. */
export async function signerFor(signers: OutsideSigners, key: OutsideKey, algorithm: string) {
  const { answer, outside } = await describedKey(signers, key);
  const publicKey = createPublicKey({ key: Buffer.from(answer.publicKey), format: 'der', type: 'spki' });
  const sign = signers.signer(
    outside,
    heldKey(publicKey, { outside }),
    'kid-1',
    rowNamed(signatureAlgorithms, algorithm),
  );
  return { answer, publicKey, sign: async (input: string) => arrival(sign(input)) };
}

export function inputOf(algorithm: string, payload = '{"sub":"x"}'): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64url');
  return `${encode(JSON.stringify({ alg: algorithm }))}.${encode(payload)}`;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'signed';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

export function testContract({ name, algorithms, start, skip = false }: ServiceContract): void {
  for (const algorithm of algorithms) {
    test(`${name}: ${algorithm} is verified by jose`, { skip }, async () => {
      await using service = await start();
      const signers = new OutsideSigners({ environment: service.environment });
      const { answer, publicKey, sign } = await signerFor(signers, service.keyFor(algorithm, patient), algorithm);
      assert.ok(answer.algorithms.includes(algorithm), answer.algorithms.join());
      const others = answer.algorithms.filter((other) => other.slice(0, 2) !== algorithm.slice(0, 2));
      assert.deepEqual(
        others.filter((other) => !/^[RP]S/.test(other)),
        [],
      );
      // More than a service may take as a message, and what ends in each part of a block.
      for (const size of [1, 2, 3, 3_000, 4_000, 20_000]) {
        const input = inputOf(algorithm, 'x'.repeat(size));
        const token = `${input}.${await sign(input)}`;
        await compactVerify(token, publicKey, { algorithms: [algorithm] });
      }
    });
  }
}

export function testFailures({ name, algorithms: [algorithm = ''], start, skip = false }: FailingContract): void {
  const failing: readonly [what: string, run: (failures: Failures) => void, code: string, calls?: number][] = [
    ['an answer that never comes', (failures) => failures.fail('hang', 'always'), 'signer.timeout'],
    ['status 429', (failures) => failures.fail({ status: 429, body: '{}' }, 'always'), 'signer.throttled', 4],
    ['status 503', (failures) => failures.fail({ status: 503, body: '{}' }, 'always'), 'signer.unreachable', 4],
    ['status 403', (failures) => failures.fail({ status: 403, body: '{}' }, 'always'), 'signer.denied', 1],
    ['a reset', (failures) => failures.fail('reset', 'always'), 'signer.unreachable', 4],
    ['a lost permission', (failures) => failures.lock(), 'signer.denied', 1],
    ['a disabled key', (failures) => failures.disable(algorithm), 'signer.key-unusable', 1],
    ['another key', (failures) => failures.exchange(algorithm), 'signer.wrong-signature', 1],
    ['no JSON', (failures) => failures.fail({ status: 200, body: '<html>' }, 'always'), 'signer.refused', 1],
    [
      'an answer without a signature',
      (failures) => failures.fail({ status: 200, body: '{"data":{}}' }, 'always'),
      '',
      1,
    ],
    [
      'a redirect',
      (failures) => failures.fail({ status: 307, body: '', headers: { location: 'http://127.0.0.1:1/' } }, 'always'),
      'signer.refused',
      1,
    ],
    [
      'an answer that is too large',
      (failures) => failures.fail({ status: 200, body: JSON.stringify({ text: 'x'.repeat(70_000) }) }, 'always'),
      'signer.refused',
      1,
    ],
  ];
  for (const [what, run, expected, calls] of failing) {
    test(`${name}: no signature after ${what}`, { skip }, async () => {
      await using service = await start();
      const { failures } = service;
      const signers = new OutsideSigners({ environment: service.environment });
      const deadline = expected === 'signer.timeout' ? 300 : patient;
      const { sign } = await signerFor(signers, service.keyFor(algorithm, deadline), algorithm);
      run(failures);
      const code = await codeOf(sign(inputOf(algorithm)));
      if (expected === '') assert.ok(code === 'signer.refused' || code === 'signer.wrong-signature', String(code));
      else assert.equal(code, expected);
      if (calls !== undefined) assert.equal(failures.signatures, calls);
    });
  }
  const passing: readonly [what: string, fault: Fault][] = [
    ['status 429', { status: 429, body: '{}' }],
    ['status 500', { status: 500, body: '{}' }],
    ['a reset', 'reset'],
  ];
  for (const [what, fault] of passing) {
    test(`${name}: a signature after ${what} and a retry`, { skip }, async () => {
      await using service = await start();
      const { failures } = service;
      const signers = new OutsideSigners({ environment: service.environment });
      const { sign } = await signerFor(signers, service.keyFor(algorithm, patient), algorithm);
      failures.fail(fault);
      assert.equal(await codeOf(sign(inputOf(algorithm))), 'signed');
      assert.equal(failures.signatures, 2);
    });
  }
}
