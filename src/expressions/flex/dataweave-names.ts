/**
 * @module
 * The functions of DataWeave 2.x by name, to tell "Flex Gateway does not have it" from "there is no such thing".
 * From the reference of `dw::Core` and `dw::core::Strings` (docs.mulesoft.com/dataweave/latest/dw-functions).
 */
const core = `abs avg ceil daysBetween distinctBy endsWith entriesOf filter filterObject find flatMap flatten floor groupBy
indexOf isBlank isDecimal isEven isInteger isLeapYear isOdd joinBy keysOf lastIndexOf log lower map mapObject match
matches max maxBy min minBy mod namesOf now onNull orderBy pluck pow random randomInt read readUrl reduce replace
round scan some sqrt startsWith sum then to typeOf unzip valuesOf with write xsiType zip`;

const strings = `appendIfMissing camelize capitalize charCode charCodeAt collapse countCharactersBy countMatches
dasherize everyCharacter first fromCharCode hammingDistance isAlpha isAlphanumeric isLowerCase isNumeric isUpperCase
isWhitespace last leftPad levenshteinDistance lines mapString ordinalize pluralize prependIfMissing remove repeat
replaceAll reverse rightPad singularize someCharacter substring substringBy substringEvery underscore unwrap
withMaxSize words wrapIfMissing wrapWith`;

const others = `encodeURI encodeURIComponent decodeURI decodeURIComponent MD5 SHA1 HMACWith HMACBinary hashWith toHex
fromHex readLinesWith writeLinesWith toNumber toBoolean toDate toDateTime parseURI compose firstWith every`;

export const dataweaveFunctions: ReadonlySet<string> = new Set(`${core} ${strings} ${others}`.split(/\s+/));
