// SPDX-License-Identifier: MIT
// The GNU runtime's header, with what Apple's has besides; objc_message_send.S defines it.
#pragma once
#include_next <objc/message.h>

extern "C" void objc_msgSend();
