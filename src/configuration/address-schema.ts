/**
 * @module
 * An address to listen at, as the configuration's schema has it.
 */
import * as z from 'zod';
import { parseAddress } from '../net/address.ts';

export const addressSchema = z
  .string()
  .refine(
    (text) => parseAddress(text) !== undefined,
    'must be host:port (127.0.0.1:50051), [address]:port ([::1]:50051) or unix:/path (at most 107 bytes)',
  );
