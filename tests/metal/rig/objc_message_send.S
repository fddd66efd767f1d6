// SPDX-License-Identifier: MIT
// Apple's objc_msgSend over the GNU runtime's objc_msg_lookup, for x86-64 and messages of integers, pointers and structs:
// finds the method, and jumps to it with the arguments as they came. A message to nil returns 0.
    .text
    .globl objc_msgSend
    .type objc_msgSend, @function
objc_msgSend:
    test %rdi, %rdi
    jz to_nil
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %r8
    push %r9
    sub $8, %rsp
    call objc_msg_lookup@PLT
    mov %rax, %r11
    add $8, %rsp
    pop %r9
    pop %r8
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    jmp *%r11
to_nil:
    xor %eax, %eax
    ret
    .size objc_msgSend, . - objc_msgSend
    .section .note.GNU-stack, "", @progbits
