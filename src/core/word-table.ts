/**
 * Keys of four words: `find` and `ensure` of `WordTable` (collections/word-table.ts). A table is a part of the block of
 * message-layout.ts.
 */

import { field } from "./columns";
import { COUNT, FACTORS, HASHES, KEYS, MASK, SLOTS } from "./message-layout";

const KEY_SHIFT: u32 = 4;
/** Behind the number of rows: the two that were asked for last. */
const LATEST: usize = 4;
const OTHER: usize = 8;

/** Row of the key, or -1. */
export function rowOf(table: usize, first: u32, second: u32, third: u32, fourth: u32): i32 {
  const keys = <usize>field(table, KEYS);
  const rows = <usize>field(table, COUNT);
  const latest = load<i32>(rows, LATEST);
  if (latest >= 0 && hasKey(keys, latest, first, second, third, fourth)) return latest;
  let row = load<i32>(rows, OTHER);
  if (row < 0 || !hasKey(keys, row, first, second, third, fourth)) {
    row = search(table, keys, first, second, third, fourth);
  }
  if (row >= 0) setLatest(rows, row);
  return row;
}

/** The row is the one that was asked for last from now on. @param rows column of the number of rows, and of these */
function setLatest(rows: usize, row: i32): void {
  store<i32>(rows, load<i32>(rows, LATEST), OTHER);
  store<i32>(rows, row, LATEST);
}

function search(table: usize, keys: usize, first: u32, second: u32, third: u32, fourth: u32): i32 {
  const slots = <usize>field(table, SLOTS);
  const mask = field(table, MASK);
  let slot = hashOf(<usize>field(table, FACTORS), first, second, third, fourth) & mask;
  let row = rowAt(slots, slot);
  while (row >= 0 && !hasKey(keys, row, first, second, third, fourth)) {
    slot = (slot + 1) & mask;
    row = rowAt(slots, slot);
  }
  return row;
}

function hasKey(keys: usize, row: i32, first: u32, second: u32, third: u32, fourth: u32): bool {
  const key = keys + ((<usize>row) << KEY_SHIFT);
  return (
    load<u32>(key, 12) === fourth &&
    load<u32>(key, 8) === third &&
    load<u32>(key, 4) === second &&
    load<u32>(key) === first
  );
}

/** Rows that there are: the next key that is entered gets this one. */
export function rowCount(table: usize): i32 {
  return load<i32>(<usize>field(table, COUNT));
}

/** There is room for as many more keys. */
export function hasRoom(table: usize, keys: u32): bool {
  return (<u32>rowCount(table) + keys) * 2 <= field(table, MASK) + 1;
}

/** Enters a key that is not there, for which there is room. @returns its row */
export function entered(table: usize, first: u32, second: u32, third: u32, fourth: u32): i32 {
  const hash = hashOf(<usize>field(table, FACTORS), first, second, third, fourth);
  const slots = <usize>field(table, SLOTS);
  const mask = field(table, MASK);
  let slot = hash & mask;
  while (rowAt(slots, slot) >= 0) slot = (slot + 1) & mask;
  const row = rowCount(table);
  const key = <usize>field(table, KEYS) + ((<usize>row) << KEY_SHIFT);
  store<u32>(key, first);
  store<u32>(key, second, 4);
  store<u32>(key, third, 8);
  store<u32>(key, fourth, 12);
  store<u32>(<usize>field(table, HASHES) + ((<usize>row) << 2), hash);
  store<i32>(slots + ((<usize>slot) << 2), row + 1);
  const rows = <usize>field(table, COUNT);
  store<i32>(rows, row + 1);
  setLatest(rows, row);
  return row;
}

function rowAt(slots: usize, slot: u32): i32 {
  return load<i32>(slots + ((<usize>slot) << 2)) - 1;
}

function hashOf(factors: usize, first: u32, second: u32, third: u32, fourth: u32): u32 {
  const a =
    load<u32>(factors, 64) +
    half(factors, 0, first) +
    half(factors, 16, second) +
    half(factors, 32, third) +
    half(factors, 48, fourth);
  const b =
    load<u32>(factors, 68) +
    half(factors, 8, first) +
    half(factors, 24, second) +
    half(factors, 40, third) +
    half(factors, 56, fourth);
  let hash = (a & 0xffff0000) | (b >> 16);
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash ^= hash >> 13;
  return hash ^ (hash >> 16);
}

/** Both halves of a word by the factors at an offset, which is one of one sum, or of the other. */
function half(factors: usize, offset: usize, word: u32): u32 {
  return load<u32>(factors + offset) * (word & 0xffff) + load<u32>(factors + offset + 4) * (word >> 16);
}
