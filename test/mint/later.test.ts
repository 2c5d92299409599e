/**
 * Tokens whose signature arrives later. They are the same tokens, and each is signed once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Later } from '../../src/diagnostics/later.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import type { Encrypt } from '../../src/jose/encrypt.ts';
import { keyManagements } from '../../src/jose/key-management.ts';
import type { Sign } from '../../src/jose/signature-algorithms.ts';
import { type Minter, makeMinter } from '../../src/mint/minter.ts';
import { nothingGiven, type ReuseLimits, reusing } from '../../src/mint/reuse.ts';
import { ReuseMemory } from '../../src/mint/reuse-memory.ts';
import { rotatingMinter } from '../../src/mint/rotating.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Step } from '../../src/plan/token-plan.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';
import { scopeAt, second } from './reused-minter.ts';
import { somewhere } from './scope.ts';

const subject: Step = {
  kind: 'computed',
  place: somewhere,
  name: 'sub',
  value: { needs: needsNothing, evaluate: ({ attributes }) => attributes.header('who') },
};
const plan = { header: [], claims: [subject, { kind: 'time', name: 'iat', offset: 0 } satisfies Step] };

/** A signer whose signatures arrive when the test says so. */
class HeldSigner {
  readonly inputs: string[] = [];
  #signatures: Later<string>[] = [];
  signsAtOnce = false;

  readonly sign: Sign = (input) => {
    if (this.signsAtOnce) return 'now';
    const signature = new Later<string>();
    this.inputs.push(input);
    this.#signatures.push(signature);
    return signature;
  };

  end(signature: string | Error = 'later'): void {
    const signatures = this.#signatures;
    this.#signatures = [];
    for (const each of signatures) {
      if (typeof signature === 'string') each.settle(signature);
      else each.fail(signature);
    }
  }

  /** Whether somebody waits for the first signature. */
  get isAwaited(): boolean | undefined {
    return this.#signatures[0]?.isAwaited;
  }

  minter() {
    return finish(makeMinter(plan, { signing: { sign: this.sign } }));
  }
}

/** What has arrived so far. */
function watched(minted: string | Later<string>): { readonly came: unknown[] } {
  const came: unknown[] = [];
  if (minted instanceof Later) {
    minted.listen(
      (token) => came.push(signatureOf(token)),
      (error) => came.push(error instanceof MintError ? error.code : error),
    );
  } else came.push(signatureOf(minted));
  return { came };
}

function signatureOf(token: string): string {
  const [, claims = '', signature] = token.split('.');
  return `${JSON.parse(Buffer.from(claims, 'base64url').toString()).sub} ${signature}`;
}

const asked = (minter: Minter, who: string, at = second) => watched(minter.mint(scopeAt(at, { who })));

test('a token arrives when its signature arrives', () => {
  const signer = new HeldSigner();
  const { came } = asked(signer.minter(), 'a');
  assert.deepEqual(came, []);
  signer.end();
  assert.deepEqual(came, ['a later']);
});

test('a signer may also sign synchronously', () => {
  const signer = new HeldSigner();
  signer.signsAtOnce = true;
  assert.deepEqual(asked(signer.minter(), 'a').came, ['a now']);
});

test('a signature that fails later has the same error as one that fails immediately', () => {
  const signer = new HeldSigner();
  const { came } = asked(signer.minter(), 'a');
  signer.end(new Error('what OpenSSL says'));
  assert.deepEqual(came, ['mint.signing-failed']);
  const sign = (): never => {
    throw new Error('what OpenSSL says');
  };
  assert.throws(
    () => finish(makeMinter(plan, { signing: { sign } })).mint(scopeAt(second)),
    (error) => error instanceof MintError && error.code === 'mint.signing-failed' && !error.message.includes('OpenSSL'),
  );
});

test('a token is encrypted when its signature arrives, and a failure to encrypt is its error', () => {
  const [management, content] = ['dir', 'A256GCM'];
  const nested = {
    ...plan,
    encryption: {
      management: rowNamed(keyManagements, management),
      content: rowNamed(contentEncryptions, content),
      encloses: 'signed',
      key: undefined,
      header: [],
    },
  } as const;
  const ends: [encrypt: Encrypt, came: string][] = [
    [(_, token) => `encrypted ${signatureOf(token)}`, 'encrypted a later'],
    [
      () => {
        throw new RangeError('what OpenSSL says');
      },
      'mint.encryption-failed',
    ],
  ];
  for (const [encrypt, expected] of ends) {
    const signer = new HeldSigner();
    const keys = { signing: { sign: signer.sign }, recipient: { encrypt } };
    const minted = finish(makeMinter(nested, keys)).mint(scopeAt(second, { who: 'a' }));
    assert.ok(minted instanceof Later);
    const came: unknown[] = [];
    minted.listen(
      (token) => came.push(token),
      (error) => came.push(error instanceof MintError && error.code),
    );
    assert.deepEqual(came, []);
    signer.end();
    assert.deepEqual(came, [expected]);
  }
});

/** @param entries more tokens than this make the counter of dropped tokens throw */
function reused(signer: HeldSigner, entries = 100, changed: Partial<ReuseLimits> = {}) {
  const counts = { hit: 0, miss: 0 };
  const counters = {
    hit: { increment: () => void counts.hit++ },
    miss: { increment: () => void counts.miss++ },
    evicted: { increment: () => assert.fail('there is room for all') },
  };
  const limits = { for: 0, leeway: 0, refreshAhead: 0, entries, bytes: 1_000_000, ...changed };
  const memory = new ReuseMemory(1_000_000);
  const last = nothingGiven();
  return { minter: reusing(signer.minter(), limits, counters, memory, (work) => work(), last), counts, last };
}

test('requests for a token that is being signed wait for it: there is one signature for each token and second', () => {
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

test('until when a token is kept is not known while it is being signed, whatever the last one was', () => {
  const signer = new HeldSigner();
  signer.signsAtOnce = true;
  const { minter, last } = reused(signer);
  asked(minter, 'a');
  assert.equal(last.until, second + 1000);
  signer.signsAtOnce = false;
  for (const who of ['b', 'b']) {
    asked(minter, who);
    assert.equal(last.until, Number.NEGATIVE_INFINITY);
  }
  signer.end();
  assert.equal(last.until, Number.NEGATIVE_INFINITY);
  asked(minter, 'b');
  assert.equal(last.until, second + 1000);
});

test('an error reaches all waiting requests, and is not kept', () => {
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

test('a token that is signed synchronously is kept as well', () => {
  const signer = new HeldSigner();
  signer.signsAtOnce = true;
  const { minter, counts } = reused(signer);
  assert.deepEqual([asked(minter, 'a').came, asked(minter, 'a').came], [['a now'], ['a now']]);
  assert.deepEqual(counts, { hit: 1, miss: 1 });
});

test('a token that cannot be kept is an error for all waiting requests, and for no later request', () => {
  const signer = new HeldSigner();
  const { minter } = reused(signer, 1);
  asked(minter, 'b');
  signer.end();
  const waiting = [asked(minter, 'a'), asked(minter, 'a')];
  signer.end();
  const [[first], [second]] = waiting.map(({ came }) => came) as [unknown[], unknown[]];
  assert.ok(first instanceof assert.AssertionError);
  assert.equal(second, first);
  asked(minter, 'a');
  assert.equal(signer.inputs.length, 3);
});

test('the next key may sign later as well', () => {
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

test('a token that is made anew arrives later: requests get the old one until then', () => {
  const signer = new HeldSigner();
  const { minter, counts } = reused(signer, 100, { for: 30_000, refreshAhead: 10_000 });
  const first = asked(minter, 'a');
  signer.end('first');
  assert.deepEqual(first.came, ['a first']);
  assert.deepEqual(asked(minter, 'a', second + 20_000).came, ['a first']);
  assert.deepEqual(asked(minter, 'a', second + 20_001).came, ['a first']);
  assert.equal(signer.inputs.length, 2);
  signer.end('second');
  assert.deepEqual(asked(minter, 'a', second + 20_002).came, ['a second']);
  assert.deepEqual(counts, { hit: 3, miss: 1 });
});

test('a token that cannot be made anew is tried again after a second, and is good until its end', () => {
  const signer = new HeldSigner();
  const { minter } = reused(signer, 100, { for: 30_000, refreshAhead: 10_000 });
  asked(minter, 'a');
  signer.end('first');
  asked(minter, 'a', second + 20_000);
  signer.end(new Error('no'));
  assert.deepEqual(asked(minter, 'a', second + 20_999).came, ['a first']);
  assert.equal(signer.inputs.length, 2);
  assert.deepEqual(asked(minter, 'a', second + 21_000).came, ['a first']);
  assert.equal(signer.inputs.length, 3);
  signer.end(new Error('no'));
  const last = asked(minter, 'a', second + 30_000);
  signer.end(new Error('no'));
  assert.deepEqual(last.came, ['mint.signing-failed']);
});

test('requests wait for a token over the end of a second, if it is reused for longer', () => {
  const signer = new HeldSigner();
  const { minter } = reused(signer, 100, { for: 30_000 });
  const waiting = [asked(minter, 'a', 30_000 * 1000 + 999), asked(minter, 'a', 30_000 * 1000 + 1001)];
  assert.equal(signer.inputs.length, 1);
  signer.end();
  assert.deepEqual(
    waiting.map(({ came }) => came),
    [['a later'], ['a later']],
  );
});

test('a token is awaited while one of its requests is', () => {
  const signer = new HeldSigner();
  const { minter } = reused(signer);
  const [one, other] = [scopeAt(second, { who: 'a' }), scopeAt(second, { who: 'a' })].map((scope) =>
    minter.mint(scope),
  );
  assert.ok(one instanceof Later && other === one);
  assert.equal(signer.isAwaited, false);
  let isWaiting = true;
  one.listen(
    () => undefined,
    () => undefined,
    () => isWaiting,
  );
  assert.equal(signer.isAwaited, true);
  isWaiting = false;
  assert.equal(signer.isAwaited, false);
  one
    .map(() => 'more')
    .listen(
      () => undefined,
      () => undefined,
    );
  assert.equal(signer.isAwaited, true);
});
