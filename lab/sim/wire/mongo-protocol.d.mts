import type { Socket } from 'node:net';

export function answerCommands(socket: Socket, answer: (document: Record<string, unknown>) => Record<string, unknown>): void;
export function command(socket: Socket, document: Record<string, unknown>): Promise<Record<string, unknown>>;
