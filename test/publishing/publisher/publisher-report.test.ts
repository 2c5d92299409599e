import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../../src/observe/log.ts';
import { PublisherMetrics } from '../../../src/publishing/publisher/publisher-metrics.ts';
import { PublisherReport } from '../../../src/publishing/publisher/publisher-report.ts';
import type { Sight } from '../../../src/publishing/publisher/seen-keys.ts';

/** A report, and what it has said since it was last asked. */
function reporting() {
  const lines: { readonly message: string; readonly address?: string; readonly suppressed?: number }[] = [];
  const metrics = new PublisherMetrics('1.0.0');
  const report = new PublisherReport(
    createLog('info', (line) => lines.push(JSON.parse(line))),
    metrics,
  );
  return { metrics, said: () => lines.splice(0), round: (sights: readonly Sight[]) => report.round(sights, 1, 1_000) };
}

const away = (from: string): Sight => ({ from, keys: undefined, objections: ['It is away.'] });
const refused = (from: string): Sight => ({ from, keys: [], objections: ['It has a private key.'] });
const inOrder = (from: string): Sight => ({ from, keys: [], objections: [] });

test('what is wrong with a source is said once, and when it is over, or the source is gone', () => {
  const { said, round } = reporting();
  round([away('a'), away('b'), inOrder('c')]);
  assert.deepEqual(
    said().map(({ address }) => address),
    ['a', 'b'],
  );
  round([away('a'), away('b'), inOrder('c')]);
  assert.deepEqual(said(), []);
  round([inOrder('a')]);
  assert.deepEqual(
    said().map(({ message, address }) => [message, address]),
    ['a', 'b'].map((address) => ['A source of public keys is in order again, or gone.', address]),
  );
  round([refused('a')]);
  assert.deepEqual(
    said().map(({ address }) => address),
    ['a'],
  );
});

test('20 lines of a round are written, and one more is only counted', () => {
  const { said, round } = reporting();
  const sources = Array.from({ length: 41 }, (_, index) => String(index));
  round(sources.slice(0, 20).map(away));
  assert.equal(said().length, 20);
  round(sources.map(away));
  const lines = said();
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1)?.suppressed, 1);
});

test('sources are counted by their state', async () => {
  const { metrics, round } = reporting();
  round([away('a'), away('b'), refused('c'), inOrder('d'), inOrder('e'), inOrder('f')]);
  const text = await metrics.text();
  for (const [state, count] of [
    ['away', 2],
    ['refused', 1],
    ['ok', 3],
  ] as const) {
    assert.match(text, new RegExp(`^mintproc_publish_sources\\{state="${state}"\\} ${count}$`, 'm'));
  }
});
