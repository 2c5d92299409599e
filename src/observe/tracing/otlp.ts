/**
 * @module
 * Exports spans by OpenTelemetry's SDK, as OTLP in protobuf over HTTP.
 *
 * This file and its packages are a chunk of the bundle of their own (`build/bundle.ts`), which is loaded only if
 * requests are traced. So it imports nothing of mintproc but types.
 */
import * as api from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type ReadableSpan,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { SpanSink } from './request-tracer.ts';
import type { RequestSpans, Span, TracedRequest } from './spans.ts';

/** Why spans were not exported. It contains nothing that the receiver sent but its HTTP status. */
export interface ExportFailure {
  readonly reason: string;
  /** Of Node, such as ECONNREFUSED. */
  readonly systemCode: string | undefined;
}

export interface OtlpOptions {
  readonly url: string;
  readonly version: string;
  /** Maximum number of spans that wait. */
  readonly maxPending: number;
  /** @param requests how many requests the spans were of */
  onExported(requests: number): void;
  onFailed(requests: number, failure: ExportFailure): void;
  /** The SDK ignores something, or the receiver took only a part. */
  onTrouble(reason: string): void;
}

export interface OtlpSink extends SpanSink {
  /**
   * Exports what waits. Takes no more spans.
   *
   * @param milliseconds after this time, what was not exported has failed
   * @returns whether the process may need some seconds to exit, because an export is in progress
   */
  close(milliseconds: number): Promise<'flushed' | 'cut-off'>;
}

/** A batch takes about a millisecond of the thread to encode. */
const batchSpans = 128;
/** In milliseconds. */
const longestWait = 1000;
/** In milliseconds, with all attempts. A receiver that takes longer is away. */
const exportTimeout = 5000;

/** Whether a trace is in the fraction of traces that all services with this ratio choose. */
export function ratioSampler(ratio: number): (traceId: string) => boolean {
  const sampler = new TraceIdRatioBasedSampler(ratio);
  return (traceId) => sampler.shouldSample(api.ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
}

export function openOtlp(options: OtlpOptions): OtlpSink {
  api.diag.setLogger(new TroubleLogger(options), { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = new CountingExporter(options);
  const provider = new TracerProvider({
    resource: resourceOf(options.version),
    // Only requests that are sampled get here.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: options.maxPending,
        maxExportBatchSize: batchSpans,
        scheduledDelayMillis: longestWait,
        exportTimeoutMillis: exportTimeout + longestWait,
      }),
    ],
  });
  const tracer = provider.getTracer('mintproc', options.version);
  return {
    get pending() {
      return exporter.pending;
    },
    take(spans, request) {
      exporter.pending += 1 + spans.children.length;
      writeSpans(tracer, spans, request);
    },
    async close(milliseconds) {
      const flushed = provider.shutdown().then(
        () => 'flushed' as const,
        // Counted and reported by the exporter.
        () => 'flushed' as const,
      );
      const { promise: cutOff, resolve } = Promise.withResolvers<'cut-off'>();
      const timer = setTimeout(() => resolve('cut-off'), milliseconds);
      const end = await Promise.race([flushed, cutOff]);
      clearTimeout(timer);
      exporter.abandon();
      return end;
    },
  };
}

/**
 * The standard's order: `OTEL_SERVICE_NAME` wins over `OTEL_RESOURCE_ATTRIBUTES`, and both over the defaults. Each
 * process has an instance id of its own, so that workers can be distinguished.
 */
function resourceOf(version: string): ReturnType<typeof defaultResource> {
  const own = resourceFromAttributes({
    'service.name': 'mintproc',
    'service.version': version,
    'service.instance.id': crypto.randomUUID(),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function writeSpans(tracer: api.Tracer, { decide, children }: RequestSpans, request: Traced): void {
  const offset = epochOffset();
  const write = (span: Span, kind: api.SpanKind, parent: api.Context): api.Span => {
    const startTime = hrTime(span.began + offset);
    const written = tracer.startSpan(span.name, { kind, startTime, attributes: span.attributes }, parent);
    if (span.error !== undefined) {
      // OpenTelemetry's semantic conventions, "Recording errors".
      written.setAttribute('error.type', span.error);
      written.setStatus({ code: api.SpanStatusCode.ERROR, message: span.error });
    }
    written.end(hrTime(span.ended + offset));
    return written;
  };
  const root = write(decide, api.SpanKind.SERVER, parentOf(request));
  const within = api.trace.setSpan(api.ROOT_CONTEXT, root);
  for (const child of children) write(child, api.SpanKind.INTERNAL, within);
}

type Traced = Pick<TracedRequest, 'trace' | 'traceState'>;

function parentOf({ trace, traceState }: Traced): api.Context {
  if (trace === undefined) return api.ROOT_CONTEXT;
  return api.trace.setSpanContext(api.ROOT_CONTEXT, {
    traceId: trace.traceId,
    spanId: trace.parentId,
    traceFlags: trace.flags,
    isRemote: true,
    // Leaves out members that do not have the form of W3C Trace Context.
    ...(traceState === undefined ? {} : { traceState: api.createTraceState(traceState) }),
  });
}

/** Seconds from the clock `performance.now()` to the time of day, which drift apart. To the microsecond. */
function epochOffset(): number {
  const microseconds = Number(Temporal.Now.instant().epochNanoseconds / 1000n);
  return microseconds / 1e6 - performance.now() / 1000;
}

function hrTime(seconds: number): api.HrTime {
  const whole = Math.floor(seconds);
  return [whole, Math.floor((seconds - whole) * 1e9)];
}

/** The exporter of the SDK, and what is on its way. */
class CountingExporter implements SpanExporter {
  readonly #options: OtlpOptions;
  readonly #exporter: OTLPTraceExporter;
  /** The batches on their way; called when one is given up. */
  readonly #giveUp = new Set<() => void>();
  pending = 0;

  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#exporter = new OTLPTraceExporter({
      url: options.url,
      timeoutMillis: exportTimeout,
      // At the end, all batches are exported at once.
      concurrencyLimit: Math.ceil(options.maxPending / batchSpans) + 1,
    });
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    const requests = spans.filter(({ kind }) => kind === api.SpanKind.SERVER).length;
    let isSettled = false;
    const settle = (failure: ExportFailure | undefined): void => {
      if (isSettled) return;
      isSettled = true;
      this.#giveUp.delete(giveUp);
      this.pending -= spans.length;
      if (failure === undefined) this.#options.onExported(requests);
      else this.#options.onFailed(requests, failure);
      done({ code: failure === undefined ? 0 : 1 });
    };
    const giveUp = (): void => settle({ reason: 'mintproc stopped before they were exported.', systemCode: undefined });
    this.#giveUp.add(giveUp);
    this.#exporter.export(spans, ({ code, error }) => settle(code === 0 ? undefined : failureOf(error)));
  }

  /** Gives up what is not exported. */
  abandon(): void {
    for (const giveUp of this.#giveUp) giveUp();
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}

/** The error of Node or the SDK. Its message may have parts of the answer, so it is not used. */
function failureOf(error: Error | undefined): ExportFailure {
  const code: unknown = error !== undefined && 'code' in error ? error.code : undefined;
  if (typeof code === 'number') {
    return { reason: `The receiver answered with the HTTP status ${code}.`, systemCode: undefined };
  }
  if (typeof code === 'string') return { reason: 'The receiver cannot be reached.', systemCode: code };
  return { reason: 'The receiver gave no answer in time, or is overloaded.', systemCode: undefined };
}

/** What the SDK warns about, and the sentence for the log. The SDK's own sentences quote values. */
const troubles: readonly (readonly [form: RegExp, reason: string])[] = [
  [/Partial Success/, 'The receiver took only a part of the spans.'],
  [/could not deserialize response|Failed to parse trace export response/, 'The receiver does not answer in OTLP.'],
  [/Failed to read root certificate file/, 'The file of OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read.'],
  [/Failed to read client certificate/, 'A file of OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE or …_KEY cannot be read.'],
  [/Header ".*" has invalid value/s, 'A header of OTEL_EXPORTER_OTLP_HEADERS has an invalid value and is left out.'],
  [/environment-provided export URL/, 'An endpoint in a variable is not a URL.'],
];

class TroubleLogger implements api.DiagLogger {
  readonly #options: Pick<OtlpOptions, 'onTrouble'>;

  constructor(options: Pick<OtlpOptions, 'onTrouble'>) {
    this.#options = options;
  }

  /** The message may follow the name of a part of the SDK. */
  warn(...parts: readonly unknown[]): void {
    const message = parts.filter((part) => typeof part === 'string').join(' ');
    const [, known] = troubles.find(([form]) => form.test(message)) ?? [];
    const [variable] = /OTEL_[A-Z_]+/.exec(message) ?? [];
    const named = variable === undefined ? undefined : `The variable ${variable} is not valid and is ignored.`;
    this.#options.onTrouble(known ?? named ?? "OpenTelemetry's SDK ignores a part of its variables.");
  }

  /** Failed exports, which the exporter reports. */
  error(): void {}
  info(): void {}
  debug(): void {}
  verbose(): void {}
}
