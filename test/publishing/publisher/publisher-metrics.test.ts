/**
 * @module
 * Prometheus asks for OpenMetrics. A text that only says that it is OpenMetrics is refused as a whole, so nobody would
 * see the metrics of a publisher.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetrics, textFormat } from '../../../src/observe/exposition.ts';
import { PublisherMetrics } from '../../../src/publishing/publisher/publisher-metrics.ts';

test('a scrape of the publisher is in the format that was asked for', async () => {
  const metrics = new PublisherMetrics('0');
  metrics.round({ ok: 2, refused: 0, away: 1 }, 3, 1_700_000_000);
  const open = await metrics.text({ format: openMetrics });
  assert.match(open, /# TYPE mintproc_publish_rounds counter\nmintproc_publish_rounds_total 1\n/);
  assert.match(open, /^mintproc_publish_sources\{state="away"\} 1$/m);
  assert.ok(open.endsWith('\n# EOF\n'));
  assert.doesNotMatch(open, /# TYPE \w+_total /);
  const text = await metrics.text({ format: textFormat });
  assert.match(text, /# TYPE mintproc_publish_rounds_total counter\n/);
  assert.doesNotMatch(text, /EOF/);
  assert.equal(await metrics.text(), text);
});
