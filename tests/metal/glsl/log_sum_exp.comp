#version 450
// SPDX-License-Identifier: MIT
// Log-sum-exp of 1000 numbers as somebody else would write it, in another language: what translators make of it must run
// on the rig.
layout(local_size_x = 256) in;
layout(std430, binding = 0) readonly buffer Elements { float elements[]; };
layout(std430, binding = 1) writeonly buffer Results { float results[]; };
shared float partial[256];

void main() {
    const uint i = gl_LocalInvocationID.x;
    float largest = -1.0e30;
    for (uint k = i; k < 1000; k += 256) largest = max(largest, elements[k]);
    partial[i] = largest;
    for (uint step = 128; step != 0; step /= 2) {
        barrier();
        if (i < step) partial[i] = max(partial[i], partial[i + step]);
    }
    barrier();
    largest = partial[0];
    barrier();
    float sum = 0.0;
    for (uint k = i; k < 1000; k += 256) sum += exp(elements[k] - largest);
    partial[i] = sum;
    for (uint step = 128; step != 0; step /= 2) {
        barrier();
        if (i < step) partial[i] += partial[i + step];
    }
    barrier();
    if (i == 0) results[0] = largest + log(partial[0]);
}
