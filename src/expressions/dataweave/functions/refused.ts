/**
 * @module
 * What DataWeave has and an expression here is refused by name: it reaches outside, or it is another format or
 * another language.
 */
export interface Refusal {
  /** Completes "… is not supported: …". */
  readonly because: string;
  readonly instead?: string;
}

const reachesOut: Refusal = { because: 'an expression does not reach outside of its request' };
const otherFormat: Refusal = { because: 'JSON is the only format' };
const notAClaim: Refusal = { because: 'a claim has no use for it' };

export const refusedModules: ReadonlyMap<string, Refusal> = new Map([
  ['dw::Runtime', { because: 'it runs other scripts and catches errors: what fails here fails the token' }],
  ['dw::System', reachesOut],
  ['dw::Mule', reachesOut],
  ['dw::io::file::FileSystem', reachesOut],
  ['dw::io::http::Client', reachesOut],
  ['java', { because: 'there is no Java here' }],
  ['dw::xml::Dtd', otherFormat],
  ['dw::xml::XPath', otherFormat],
  ['dw::module::Multipart', otherFormat],
  ['dw::module::Mime', otherFormat],
  ['dw::extension::DataFormat', otherFormat],
  ['dw::util::Diff', notAClaim],
  ['dw::util::Timer', { because: 'an expression does not measure time' }],
]);

export const refusedNames: ReadonlyMap<string, Refusal> = new Map([
  ['dw::Core::readUrl', reachesOut],
  ['dw::Core::xsiType', otherFormat],
  ['dw::Core::evaluateCompatibilityFlag', { because: 'there are no older versions of the language here' }],
]);
