// Compiled code, workers, timers, files and children of a JavaScript engine.
'use strict';
const { Worker, isMainThread, parentPort } = require('worker_threads');
const { execFileSync, spawn } = require('child_process');
const fs = require('fs');

// Runs long enough to be compiled.
function collatz(limit) {
    let longest = 0;
    for (let i = 1; i < limit; i++) {
        let steps = 0;
        for (let n = i; n !== 1; steps++)
            n = n % 2 ? 3 * n + 1 : n / 2;
        longest = Math.max(longest, steps);
    }
    return longest;
}

// Waits below compiled code.
function readMany(times) {
    let bytes = 0;
    for (let i = 0; i < times; i++)
        bytes += fs.readFileSync('input').length;
    return bytes;
}

function startWorker() {
    return new Promise((resolve, reject) => {
        const worker = new Worker(__filename);
        worker.on('message', resolve);
        worker.on('error', reject);
    });
}

function failingChild() {
    return new Promise((resolve) => {
        const child = spawn('sh', ['-c', 'cat; kill -TERM $$']);
        let out = '';
        child.stdout.on('data', (data) => (out += data));
        child.on('close', (code, signal) => resolve([out, code, signal]));
        child.stdin.end('to the child');
    });
}

async function main() {
    fs.writeFileSync('input', 'x'.repeat(1000));
    console.log(collatz(20000), readMany(3000));
    console.log(await Promise.all([startWorker(), startWorker(), startWorker()]));
    console.log(await failingChild());
    console.log(execFileSync('echo', ['said']).toString());
    console.log(await fs.promises.readdir('.'));
    for (let i = 0; i < 5; i++)
        await new Promise((resolve) => setTimeout(resolve, 2));
    try {
        JSON.parse('{');
    } catch (error) {
        console.log(error.name);
    }
    process.on('exit', (code) => fs.writeSync(1, `exit ${code}\n`));
    setTimeout(() => { throw new Error('uncaught'); }, 1);
}

if (isMainThread)
    main();
else
    parentPort.postMessage(collatz(5000));
