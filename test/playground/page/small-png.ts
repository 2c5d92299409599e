/**
 * @module
 * A screenshot as a PNG with a palette, a third as large: a page has few colours, and shades of their edges.
 *
 * PNG Specification (Third Edition), sections 9 (filters), 10 (compression), 11 (chunks).
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const maxColours = 256;

interface Image {
  readonly width: number;
  readonly height: number;
  /** One number for each pixel, 0xRRGGBB. */
  readonly pixels: Uint32Array;
}

export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = decoded(png);
  const { palette, indexes } = quantized(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  // A row of indexes is best left without a filter, which is type 0.
  for (let y = 0; y < height; y++) rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits for each pixel, colour type 3: indexes of the palette.
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]));
  const chunks = [chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 }))];
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Of what Chromium writes: 8 bits for each of red, green and blue, perhaps with alpha, not interlaced. */
function decoded(png: Buffer): Image {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = new Map([
    [2, 3],
    [6, 4],
  ]).get(png[25] ?? 0);
  if (channels === undefined || png[24] !== 8) throw new Error('Chromium has written another form of PNG.');
  const rows = inflateSync(Buffer.concat(dataOf(png)));
  const stride = width * channels;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const line = unfiltered(rows[start] ?? 0, rows.subarray(start + 1, start + 1 + stride), above, channels);
    for (let x = 0; x < width; x++) {
      const at = x * channels;
      pixels[y * width + x] = ((line[at] ?? 0) << 16) | ((line[at + 1] ?? 0) << 8) | (line[at + 2] ?? 0);
    }
    above = line;
  }
  return { width, height, pixels };
}

function dataOf(png: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return parts;
}

type Predict = (left: number, up: number, corner: number) => number;

const predictors: readonly Predict[] = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const guess = left + up - corner;
    const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
    if (a <= b && a <= c) return left;
    return b <= c ? up : corner;
  },
];

function unfiltered(type: number, row: Uint8Array, above: Uint8Array, channels: number): Uint8Array<ArrayBuffer> {
  const predict = predictors[type];
  if (predict === undefined) throw new Error(`There is no filter ${type}.`);
  const line = new Uint8Array(row.length);
  for (let at = 0; at < row.length; at++) {
    const before = at - channels;
    line[at] = (row[at] ?? 0) + predict(line[before] ?? 0, above[at] ?? 0, above[before] ?? 0);
  }
  return line;
}

/** The most frequent colours; another one becomes the nearest of them. */
function quantized(pixels: Uint32Array): { readonly palette: readonly number[]; readonly indexes: Uint8Array } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = frequent.slice(0, maxColours);
  const index = new Map(palette.map((colour, at) => [colour, at]));
  for (const colour of frequent.slice(maxColours)) index.set(colour, nearest(colour, palette));
  return { palette, indexes: Uint8Array.from(pixels, (colour) => index.get(colour) ?? 0) };
}

function nearest(colour: number, palette: readonly number[]): number {
  const distances = palette.map((other) => distance(colour, other));
  return distances.indexOf(Math.min(...distances));
}

function distance(one: number, other: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 0xff) - ((other >> shift) & 0xff)) ** 2, 0);
}
