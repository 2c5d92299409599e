import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplingText } from '../../../src/observe/tracing/sampling.ts';
import { type ConfiguredTracing, type Environment, readTracing } from '../../../src/observe/tracing/trace-settings.ts';

const collector = 'http://collector:4318';
const off = undefined;

const environments: [name: string, environment: Environment, url: string | undefined, sampling: string | undefined][] =
  [
    ['nothing', {}, off, off],
    ['empty values', { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_TRACES_EXPORTER: ' ' }, off, off],
    ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: collector }, `${collector}/v1/traces`, 'all'],
    ['a slash at its end', { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector}/` }, `${collector}/v1/traces`, 'all'],
    ['a path', { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector}/otlp` }, `${collector}/otlp/v1/traces`, 'all'],
    ['an endpoint of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector}/x` }, `${collector}/x`, 'all'],
    [
      'both',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector}/x` },
      `${collector}/x`,
      'all',
    ],
    ['only the exporter', { OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces', 'all'],
    ['no exporter', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: collector }, off, off],
    ['a switched off SDK', { OTEL_SDK_DISABLED: 'True', OTEL_EXPORTER_OTLP_ENDPOINT: collector }, off, off],
    ['its protocol', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_TRACES_EXPORTER: 'otlp' }, 'any', 'all'],
    ['always_on', { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'always_on' }, 'any', 'all requests'],
    ['always_off', { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'always_off' }, 'any', 'no requests'],
    ['parent only', { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 'any', 'parent'],
    [
      'a ratio',
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
      'any',
      'a share of 0.25 of all requests',
    ],
    [
      'a ratio of roots',
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      'any',
      'parent',
    ],
  ];

const texts: Readonly<Record<string, string>> = {
  all: 'requests that their caller samples, and all requests without a traceparent',
  parent: 'requests that their caller samples, and no requests without a traceparent',
};

for (const [name, environment, url, sampling] of environments) {
  test(`variables of OpenTelemetry: ${name}`, () => {
    const { settings, problems } = readTracing(undefined, environment);
    assert.deepEqual(problems, []);
    assert.equal(settings?.url, url === 'any' ? 'http://localhost:4318/v1/traces' : url);
    assert.equal(settings && samplingText(settings.sampling), sampling && (texts[sampling] ?? sampling));
  });
}

const secret = 'a-secret';
const on = { OTEL_TRACES_EXPORTER: 'otlp' };

/** Each has one problem, of the first variable. */
const wrong: [name: string, variable: string, environment: Environment, isTraced: boolean][] = [
  ['another exporter', 'OTEL_TRACES_EXPORTER', { OTEL_TRACES_EXPORTER: 'zipkin' }, false],
  ['two exporters', 'OTEL_TRACES_EXPORTER', { OTEL_TRACES_EXPORTER: 'otlp,console' }, false],
  ['gRPC', 'OTEL_EXPORTER_OTLP_PROTOCOL', { ...on, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, false],
  ['JSON', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', { ...on, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, false],
  ['no URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, false],
  ['no URL of traces', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '/x' }, false],
  [
    'a password in the URL',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    { OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${secret}@collector` },
    false,
  ],
  ['an unknown sampler', 'OTEL_TRACES_SAMPLER', { ...on, OTEL_TRACES_SAMPLER: 'jaeger_remote' }, false],
  [
    'no number',
    'OTEL_TRACES_SAMPLER_ARG',
    { ...on, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1%' },
    false,
  ],
  [
    'a number above 1',
    'OTEL_TRACES_SAMPLER_ARG',
    { ...on, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1.5' },
    false,
  ],
  ['a setting of the queue', 'OTEL_BSP_MAX_QUEUE_SIZE', { ...on, OTEL_BSP_MAX_QUEUE_SIZE: '5' }, true],
  ['a timeout', 'OTEL_EXPORTER_OTLP_TIMEOUT', { ...on, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }, true],
  ['a limit', 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', { ...on, OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '5' }, true],
  ['a ratio that nothing reads', 'OTEL_TRACES_SAMPLER_ARG', { ...on, OTEL_TRACES_SAMPLER_ARG: '0.5' }, true],
  [
    'a ratio of another sampler',
    'OTEL_TRACES_SAMPLER_ARG',
    { ...on, OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_SAMPLER_ARG: '0.5' },
    true,
  ],
  ['a header without a value', 'OTEL_EXPORTER_OTLP_HEADERS', { ...on, OTEL_EXPORTER_OTLP_HEADERS: secret }, true],
  [
    'a header without a name',
    'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    { ...on, OTEL_EXPORTER_OTLP_TRACES_HEADERS: `a=1, =${secret}` },
    true,
  ],
  ['a slip in a name', 'OTEL_EXPORTER_OTLP_ENPOINT', { OTEL_EXPORTER_OTLP_ENPOINT: `http://${secret}` }, false],
  ['a slip beside the endpoint', 'OTEL_TRACES_SAMPLE', { ...on, OTEL_TRACES_SAMPLE: '0.1' }, true],
  ['propagators', 'OTEL_PROPAGATORS', { ...on, OTEL_PROPAGATORS: 'b3,jaeger' }, true],
];

for (const [name, variable, environment, isTraced] of wrong) {
  test(`a variable that is not used as it was meant: ${name}`, () => {
    const { settings, problems } = readTracing(undefined, environment);
    assert.deepEqual(
      problems.map((problem) => problem.variable),
      [variable],
    );
    assert.equal(settings !== undefined, isTraced);
    assert.ok(!JSON.stringify(problems).includes(secret));
  });
}

test('variables that the standard has are not mentioned: of other signals, and headers as they should be', () => {
  const names = ['METRICS_ENDPOINT', 'LOGS_HEADERS', 'INSECURE', 'METRICS_TEMPORALITY_PREFERENCE', 'CERTIFICATE'];
  const others = Object.fromEntries(names.map((name) => [`OTEL_EXPORTER_OTLP_${name}`, 'x']));
  const sent = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%2Cb==, x=,', OTEL_SERVICE_NAME: 'edge' };
  assert.deepEqual(readTracing(undefined, { ...on, ...others, ...sent }).problems, []);
});

test('variables with no effect are not mentioned if nothing is traced', () => {
  assert.deepEqual(readTracing(undefined, { OTEL_BSP_MAX_QUEUE_SIZE: '5', OTEL_PROPAGATORS: 'b3' }).problems, []);
});

const configured: ConfiguredTracing = { otlp: collector, sample: 'parent', perSecond: 7 };

const configurations: [name: string, change: Partial<ConfiguredTracing>, url: string, sampling: string][] = [
  ['parent', {}, `${collector}/v1/traces`, texts['parent'] ?? ''],
  [
    'a number',
    { sample: 0.01 },
    `${collector}/v1/traces`,
    'requests that their caller samples, and a share of 0.01 of all requests without a traceparent',
  ],
  ['a path of its own', { otlp: `${collector}/ingest` }, `${collector}/ingest`, texts['parent'] ?? ''],
];

for (const [name, change, url, sampling] of configurations) {
  test(`tracing in the configuration wins over variables: ${name}`, () => {
    const environment = { OTEL_TRACES_EXPORTER: 'none', OTEL_TRACES_SAMPLER: 'always_on' };
    const { settings, problems } = readTracing({ ...configured, ...change }, environment);
    assert.deepEqual(problems, []);
    assert.equal(settings?.url, url);
    assert.equal(settings?.perSecond, 7);
    assert.equal(settings && samplingText(settings.sampling), sampling);
  });
}

test('OTEL_SDK_DISABLED switches off the tracing of the configuration, with a warning', () => {
  const { settings, problems } = readTracing(configured, { OTEL_SDK_DISABLED: 'true' });
  assert.equal(settings, undefined);
  assert.deepEqual(
    problems.map(({ variable }) => variable),
    ['OTEL_SDK_DISABLED'],
  );
});
