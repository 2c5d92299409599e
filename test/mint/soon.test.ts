/**
 * Tokens that another thread signs: the same tokens, later, once each.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import type { SignatureDone, SignLater } from '../../src/jose/signing-threads.ts';
import { Later } from '../../src/mint/later.ts';
import { type Minted, type Minter, makeMinter } from '../../src/mint/minter.ts';
import { reusing } from '../../src/mint/reuse.ts';
import { ReuseMemory } from '../../src/mint/reuse-memory.ts';
import { rotatingMinter } from '../../src/mint/rotating.ts';
import type { Step } from '../../src/plan/token-plan.ts';
import { scopeAt, second } from './reused-minter.ts';
import { somewhere } from './scope.ts';

const subject: Step = {
  kind: 'computed',
  place: somewhere,
  name: 'sub',
  value: { evaluate: ({ attributes }) => attributes.header('who') },
};
const plan = { header: [], claims: [subject, { kind: 'time', name: 'iat', offset: 0 } satisfies Step] };

/** A signer of which each test says when it signs. */
class HeldSigner {
  readonly inputs: string[] = [];
  readonly #dones: SignatureDone[] = [];
  isFull = false;

  readonly signLater: SignLater = (input, done) => {
    if (this.isFull) return false;
    this.inputs.push(input);
    this.#dones.push(done);
    return true;
  };

  end(signature: string | Error = 'later'): void {
    for (const done of this.#dones.splice(0)) done(signature);
  }

  minter() {
    return finish(makeMinter(plan, { signing: { sign: () => 'now', signLater: this.signLater } }));
  }
}

/** What comes of it, as far as it has come. */
function watched(minted: Minted | Later<Minted>): { readonly came: unknown[] } {
  const came: unknown[] = [];
  if (minted instanceof Later) {
    minted.listen(
      (value) => came.push(value instanceof MintError ? value.code : signatureOf(value)),
      (error) => came.push(error),
    );
  } else came.push(minted instanceof MintError ? minted.code : signatureOf(minted));
  return { came };
}

function signatureOf(token: string): string {
  const [, claims = '', signature] = token.split('.');
  return `${JSON.parse(Buffer.from(claims, 'base64url').toString()).sub} ${signature}`;
}

const asked = (minter: Minter, who: string, at = second) => watched(minter.mintSoon?.(scopeAt(at, { who })) ?? '');

test('a token comes once its signature is there', () => {
  const signer = new HeldSigner();
  const { came } = asked(signer.minter(), 'a');
  assert.deepEqual(came, []);
  signer.end();
  assert.deepEqual(came, ['a later']);
});

test('where no thread is free, it is signed at once', () => {
  const signer = new HeldSigner();
  signer.isFull = true;
  assert.deepEqual(asked(signer.minter(), 'a').came, ['a now']);
});

test('a signature that fails is the error that it is at once', () => {
  const signer = new HeldSigner();
  const { came } = asked(signer.minter(), 'a');
  signer.end(new Error('what OpenSSL says'));
  assert.deepEqual(came, ['mint.signing-failed']);
  const failing = finish(
    makeMinter(plan, {
      signing: {
        sign: () => 'now',
        signLater() {
          throw new Error('what OpenSSL says');
        },
      },
    }),
  );
  assert.throws(
    () => failing.mintSoon?.(scopeAt(second)),
    (error) => error instanceof MintError && error.code === 'mint.signing-failed' && !error.message.includes('OpenSSL'),
  );
});

test('without threads nothing ever comes later', () => {
  assert.equal(finish(makeMinter(plan, { signing: { sign: () => 'now' } })).mintSoon, undefined);
});

function reused(signer: HeldSigner) {
  const counts = { hit: 0, miss: 0 };
  const counters = {
    hit: { increment: () => void counts.hit++ },
    miss: { increment: () => void counts.miss++ },
    evicted: { increment: () => assert.fail('there is room for all') },
  };
  const limits = { for: 0, leeway: 0, entries: 100, bytes: 1_000_000 };
  return { minter: reusing(signer.minter(), limits, counters, new ReuseMemory(1_000_000)), counts };
}

test('those who ask for the token that is being signed wait for it: one signature for each token and second', () => {
  const signer = new HeldSigner();
  const { minter, counts } = reused(signer);
  const waiting = [
    ...Array.from({ length: 10 }, (_, number) => asked(minter, 'a', second + 99 * number)),
    asked(minter, 'b'),
    asked(minter, 'a', second + 1000),
  ];
  assert.equal(signer.inputs.length, 3);
  assert.deepEqual(counts, { hit: 9, miss: 3 });
  assert.deepEqual(
    waiting.flatMap(({ came }) => came),
    [],
  );
  signer.end();
  assert.deepEqual(
    waiting.map(({ came }) => came),
    [...Array.from({ length: 10 }, () => ['a later']), ['b later'], ['a later']],
  );
  assert.deepEqual([asked(minter, 'b').came, asked(minter, 'b', second + 999).came], [['b later'], ['b later']]);
  assert.equal(signer.inputs.length, 3);
});

test('an error reaches all who wait, and is not kept', () => {
  const signer = new HeldSigner();
  const { minter } = reused(signer);
  const waiting = [asked(minter, 'a'), asked(minter, 'a')];
  signer.end(new Error('no'));
  assert.deepEqual(
    waiting.flatMap(({ came }) => came),
    ['mint.signing-failed', 'mint.signing-failed'],
  );
  asked(minter, 'a');
  assert.equal(signer.inputs.length, 2);
});

test('a token that is signed at once is kept as well, and the other way to mint finds what came later', () => {
  const signer = new HeldSigner();
  signer.isFull = true;
  const { minter, counts } = reused(signer);
  assert.deepEqual([asked(minter, 'a').came, asked(minter, 'a').came], [['a now'], ['a now']]);
  assert.equal(signatureOf(minter.mint(scopeAt(second, { who: 'a' }))), 'a now');
  assert.deepEqual(counts, { hit: 2, miss: 1 });
});

test('a key that takes over signs later as well', () => {
  const [first, then] = [new HeldSigner(), new HeldSigner()];
  const minter = rotatingMinter([
    { from: 0, minter: first.minter() },
    { from: second, minter: then.minter() },
    { from: second + 10, minter: { mint: () => 'h.eyJzdWIiOiJjIn0.none' } },
  ]);
  const waiting = [asked(minter, 'a', second - 1), asked(minter, 'b', second), asked(minter, 'c', second + 10)];
  assert.deepEqual([first.inputs.length, then.inputs.length], [1, 1]);
  first.end('first');
  then.end('then');
  assert.deepEqual(
    waiting.flatMap(({ came }) => came),
    ['a first', 'b then', 'c none'],
  );
});

test('what is made of it later comes once, an error in making it as a defect', () => {
  const later = new Later<number>();
  const came: unknown[] = [];
  const tell = (value: unknown): void => void came.push(value);
  const defective = later.map((value) => {
    if (value > 1) throw new RangeError('defect');
    return value + 1;
  });
  defective.listen(tell, tell);
  later.settle(1);
  later.settle(2);
  later.fail('before');
  assert.deepEqual(came.map(String), ['2', 'RangeError: defect', 'before']);
});
