/**
 * @module
 * An address to listen on, in the schema of the configuration.
 */
import * as z from 'zod';
import { parseAddress } from '../net/address.ts';

export const addressSchema = z
  .string()
  .refine(
    (text) => parseAddress(text) !== undefined,
    'must be host:port (127.0.0.1:50051), [address]:port ([::1]:50051) or unix:/path (at most 107 bytes); a port is at most 65535',
  );
