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
  ['dw::Runtime', { because: 'it runs other scripts and catches errors, but an error here fails the token' }],
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

export const refusedNames: ReadonlyMap<string, Refusal> = new Map([
  ['dw::Core::readUrl', reachesOut],
  ['dw::Core::xsiType', otherFormat],
  ['dw::Core::evaluateCompatibilityFlag', { because: 'older versions of the language are not supported' }],
]);
