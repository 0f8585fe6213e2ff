import { decode, encode } from './bson.mjs';

/** MongoDB wire protocol: OP_MSG with one body section, and OP_QUERY / OP_REPLY, which drivers use for their first hello. */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const MAX_MESSAGE = 1_000_000;

/** Answers every command on a socket by `answer(command, name)`; a message that is malformed or huge closes the socket. */
export function answerCommands(socket, answer) {
  let buffered = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk]);
    try {
      while (buffered.length >= 16) {
        const size = buffered.readInt32LE(0);
        if (size < 16 || size > MAX_MESSAGE) throw new Error('bad message size');
        if (buffered.length < size) return;
        reply(socket, buffered.subarray(0, size), answer);
        buffered = buffered.subarray(size);
      }
    } catch {
      socket.destroy();
    }
  });
}

function reply(socket, message, answer) {
  const id = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  if (opcode === OP_MSG) {
    if (message[20] !== 0) throw new Error('only a body section is simulated');
    const document = answer(decode(message, 21));
    socket.write(frame(id, OP_MSG, Buffer.concat([Buffer.alloc(5), encode(document)])));
  } else if (opcode === OP_QUERY) {
    const document = answer(decode(message, message.indexOf(0, 20) + 9));
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    socket.write(frame(id, OP_REPLY, Buffer.concat([head, encode(document)])));
  } else throw new Error(`opcode ${opcode} is not simulated`);
}

function frame(responseTo, opcode, body) {
  const head = Buffer.alloc(16);
  head.writeInt32LE(body.length + 16, 0);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, body]);
}

/** A command as OP_MSG, for the members' heartbeats and for tests. */
export const commandMessage = (document) => frame(0, OP_MSG, Buffer.concat([Buffer.alloc(5), encode(document)]));

/** Sends one command on a connected socket and resolves to its answer; rejects when the socket closes first. */
export function command(socket, document) {
  return new Promise((done, fail) => {
    let buffered = Buffer.alloc(0);
    const finish = (settle, value) => {
      socket.off('data', take).off('close', closed);
      settle(value);
    };
    const closed = () => finish(fail, new Error('connection closed'));
    const take = (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      if (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) finish(done, decode(buffered, 21));
    };
    socket.on('data', take).on('close', closed);
    socket.write(commandMessage(document));
  });
}
