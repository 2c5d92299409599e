/**
 * @module
 * The modules and functions of DataWeave that are not supported here, with the reason.
 */
export interface Refusal {
  /** Completes the sentence "… is not supported: …". */
  readonly because: string;
  readonly instead?: string;
}

const reachesOut: Refusal = { because: 'an expression can access only its request' };
const otherFormat: Refusal = { because: 'JSON is the only format' };
const notAClaim: Refusal = { because: 'it has no use in a claim' };

export const refusedModules: ReadonlyMap<string, Refusal> = new Map([
  ['dw::System', reachesOut],
  ['dw::Mule', reachesOut],
  ['dw::io::file::FileSystem', reachesOut],
  ['dw::io::http::Client', reachesOut],
  ['java', { because: 'Java is not available' }],
  ['dw::xml::Dtd', otherFormat],
  ['dw::xml::XPath', otherFormat],
  ['dw::module::Multipart', otherFormat],
  ['dw::module::Mime', otherFormat],
  ['dw::extension::DataFormat', otherFormat],
  ['dw::util::Diff', notAClaim],
  ['dw::util::Timer', { because: 'an expression cannot measure time' }],
]);

const otherScript: Refusal = { because: 'an expression cannot run another script' };
const aboutEngine: Refusal = { because: "it describes Mule's own process" };

const runtimeNames: readonly (readonly [reason: Refusal, names: string])[] = [
  [otherScript, 'eval evalUrl run runUrl EvalResult EvalSuccess ExecutionFailure RunResult RunSuccess'],
  [otherScript, 'ReaderInput RuntimeExecutionConfiguration SecurityManager LogEntry LogLevel LoggerService'],
  [aboutEngine, 'location locationString Location Position prop props version TryResult TryResultFailure'],
  [
    otherFormat,
    'DataFormatDescriptor DataFormatProperty MimeType dataFormatsDescriptor findDataFormatDescriptorByMime',
  ],
  [{ because: 'an expression cannot wait' }, 'wait'],
];

export const refusedNames: ReadonlyMap<string, Refusal> = new Map([
  ...runtimeNames.flatMap(([reason, names]) =>
    names.split(' ').map((name): [string, Refusal] => [`dw::Runtime::${name}`, reason]),
  ),
  ['dw::Core::readUrl', reachesOut],
  ['dw::Core::xsiType', otherFormat],
  ['dw::Core::evaluateCompatibilityFlag', { because: 'older versions of the language are not supported' }],
]);
