/**
 * @module
 * Clients that are not ours, in Python: h2, which leaves every window to the script, and grpcio (gRPC's C core).
 */
import {
  bytesOf,
  callFields,
  framed,
  type Heard,
  messagesOf,
  processPath,
  type Talk,
} from '../../extproc/transports/peers/talk.ts';
import { peerPackages, runJson } from './python-tools.ts';

/** Seconds for one talk. */
const patience = 15;

export interface H2Setup {
  /** SETTINGS by number: at first, then on the living connection, once the streams of a talk are over. */
  readonly steps: readonly Readonly<Record<number, number>>[];
  /**
   * When windows are given back: all `at once`, the connection's first and a stream's when it is used up
   * (`connection`), the other way round (`stream`), or a stream's by SETTINGS that raise all of them (`settings`).
   */
  readonly gives: 'at once' | 'connection' | 'stream' | 'settings';
  /** Bytes of padding of each DATA frame. */
  readonly padding?: number;
}

interface Told {
  readonly answers: readonly string[];
  readonly status: string;
}

const h2Script = `
import base64, select, socket, time
import h2.config, h2.connection, h2.events, h2.settings

table, window = 1, 4
give, padding, asked = given['gives'], given['padding'], base64.b64decode(given['asked'])
until = time.monotonic() + given['patience']
sock = socket.create_connection(('127.0.0.1', given['port']))
sock.setblocking(False)
conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding='utf-8'))
first = {int(name): value for name, value in given['steps'][0].items()}
conn.local_settings = h2.settings.Settings(client=True, initial_values=first)
conn.decoder.max_allowed_table_size = conn.local_settings.header_table_size
conn.initiate_connection()
initial = conn.local_settings.initial_window_size
streams, left, acknowledged = {}, {}, 0

def turn():
    """Writes what is to be written, and takes what comes."""
    global acknowledged, outgoing
    outgoing += conn.data_to_send()
    readable, writable, _ = select.select([sock], [sock] if outgoing else [], [], 0.5)
    if writable:
        outgoing = outgoing[sock.send(outgoing):]
    if not readable:
        return
    received = sock.recv(65536)
    if not received:
        raise EOFError('the server ended the connection')
    events = conn.receive_data(received)
    ended = {event.stream_id for event in events if isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset))}
    for event in events:
        stream = streams.get(getattr(event, 'stream_id', None))
        if isinstance(event, h2.events.SettingsAcknowledged):
            acknowledged += 1
        elif isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
            stream['status'] = dict(event.headers).get('grpc-status', stream['status'])
        elif isinstance(event, h2.events.DataReceived):
            stream['answers'] += event.data
            take(event.stream_id, event.flow_controlled_length, event.stream_id in ended)
        elif isinstance(event, h2.events.StreamEnded):
            stream['ended'] = True
        elif isinstance(event, h2.events.StreamReset):
            stream['ended'] = True
            stream['status'] = f'reset with {event.error_code}'
        elif isinstance(event, h2.events.ConnectionTerminated):
            raise EOFError(f'GOAWAY with {event.error_code}')

def take(number, length, over):
    """Gives windows back as the setup says. What a stream has left is counted here."""
    global initial
    if not length:
        return
    left[number] -= length
    if give != 'stream':
        conn.increment_flow_control_window(length)
    elif conn.inbound_flow_control_window == 0:
        conn.increment_flow_control_window(65535)
    if over:
        return
    if give in ('at once', 'stream'):
        conn.increment_flow_control_window(length, number)
        left[number] += length
    elif give == 'connection' and left[number] == 0:
        conn.increment_flow_control_window(initial, number)
        left[number] += initial
    elif give == 'settings' and left[number] == 0:
        conn.update_settings({window: initial + 65535})
        initial += 65535
        for each in left:
            left[each] += 65535

def say(number):
    stream = streams[number]
    while stream['at'] < len(asked):
        room = min(conn.local_flow_control_window(number), conn.max_outbound_frame_size) - (padding + 1 if padding else 0)
        if room <= 0:
            return
        piece = asked[stream['at']:stream['at'] + room]
        stream['at'] += len(piece)
        conn.send_data(number, piece, end_stream=stream['at'] == len(asked), pad_length=padding or None)

outgoing = b''
heard = []
try:
    for step in given['steps']:
        if step is not given['steps'][0]:
            expected = acknowledged + 1
            conn.update_settings({int(name): value for name, value in step.items()})
            while acknowledged < expected and time.monotonic() < until:
                turn()
        for _ in range(given['streams']):
            number = conn.get_next_available_stream_id()
            fields = {':method': 'POST', ':scheme': 'http', ':path': given['path'], ':authority': 'mintproc', **given['fields']}
            conn.send_headers(number, list(fields.items()))
            streams[number] = {'answers': b'', 'status': 'none', 'ended': False, 'at': 0}
            left[number] = initial
        while not all(stream['ended'] for stream in streams.values()) and time.monotonic() < until:
            for number, stream in streams.items():
                if not stream['ended']:
                    say(number)
            turn()
        heard += streams.values()
        left.clear()
        streams = {}
except Exception as error:
    for stream in streams.values():
        if not stream['ended']:
            stream['status'] = f'{type(error).__name__}: {error}'
    heard += streams.values()
print(json.dumps([{'status': one['status'], 'answers': [base64.b64encode(one['answers']).decode()]} for one in heard]))`;

/** Holds the talk on one connection after each step. */
export async function askWithH2(port: number, setup: H2Setup, talk: Talk): Promise<Heard[]> {
  const asked = bytesOf(talk).toString('base64');
  const given = { ...inputOf(port, talk), padding: 0, ...setup, asked, fields: callFields };
  const told = (await runJson(h2Script, given, peerPackages)) as readonly Told[];
  return told.map(({ answers, status }) => ({ answers: Buffer.concat(answers.map(decoded)), status }));
}

const grpcioScript = `
import base64, concurrent.futures, grpc

messages = [base64.b64decode(message) for message in given['messages']]
options = [('grpc.use_local_subchannel_pool', 1), *given['options'].items()]
with grpc.insecure_channel(f"127.0.0.1:{given['port']}", options=options) as channel:
    method = channel.stream_stream(given['path'], request_serializer=None, response_deserializer=None)
    calls = [method(iter(messages), timeout=given['patience']) for _ in range(given['streams'])]
    def hear(call):
        answers = []
        try:
            for answer in call:
                answers.append(base64.b64encode(answer).decode())
        except grpc.RpcError:
            pass # its code tells
        return {'answers': answers, 'status': str(call.code().value[0])}
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
        print(json.dumps(list(threads.map(hear, calls))))`;

/** @param options the arguments of the channel, by name */
export async function askWithGrpcio(
  port: number,
  options: Readonly<Record<string, number>>,
  talk: Talk,
): Promise<Heard[]> {
  const messages = messagesOf(talk).map((message) => message.toString('base64'));
  const given = { ...inputOf(port, talk), options, messages };
  const told = (await runJson(grpcioScript, given, peerPackages)) as readonly Told[];
  return told.map(({ answers, status }) => ({ answers: framed(answers.map(decoded)), status }));
}

function inputOf(port: number, { streams }: Talk): object {
  return { port, streams, path: processPath, patience };
}

function decoded(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
