/**
 * @module
 * Callers to choose.
 */
import type { Preset } from './interface.ts';

export const presets: readonly Preset[] = [
  { name: 'anonymous', title: 'Nobody: the request has no caller', members: { caller: null, certificate: null } },
  {
    name: 'partner',
    title: 'A partner: an application with its tenant',
    members: {
      caller: {
        claims: {
          iss: 'https://login.example.com',
          sub: 'app-4711',
          client_id: 'app-4711',
          client_name: 'Acme Orders',
          tenant: 'acme',
          scope: 'orders:read orders:write',
        },
      },
      certificate: null,
    },
  },
  {
    name: 'employee',
    title: 'An employee with roles',
    members: {
      caller: {
        claims: {
          iss: 'https://login.example.com',
          sub: 'alice',
          name: 'Alice Example',
          email: 'alice@example.com',
          roles: ['orders-admin', 'reports'],
          department: 'Logistics',
        },
      },
      certificate: null,
    },
  },
  {
    name: 'certificate',
    title: 'A client certificate',
    members: {
      caller: null,
      certificate: {
        subject: 'CN=orders.partner.example,O=Partner Ltd,C=DE',
        uri: 'spiffe://partner.example/ns/shop/sa/orders',
        dns: 'orders.partner.example',
        hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    },
  },
];
