// SPDX-License-Identifier: MIT
// All headers, after what the headers of platforms and frameworks define. Poisoned rather than defined: whoever uses such
// a name reads which.
#include "standard_headers.hpp"

// <complex.h>, which is GNU's
#pragma GCC poison I imaginary _Imaginary_I _Complex_I
// <X11/X.h>, <X11/Xlib.h>, <X11/Xutil.h>, <X11/Xregion.h>
#pragma GCC poison None Success Always Above Below Bool Status True False Complex Convex Nonconvex Expose Unsorted
#pragma GCC poison KeyPress KeyRelease FocusIn FocusOut CursorShape ControlMask CurrentTime AllValues NoValue Opposite
// <windows.h> with NOMINMAX
#pragma GCC poison near far small hyper interface IN OUT OPTIONAL ERROR NO_ERROR DELETE VOID CONST TRUE FALSE STRICT
#pragma GCC poison ABSOLUTE RELATIVE TRANSPARENT OPAQUE PASSTHROUGH THIS DIFFERENCE DOMAIN OVERFLOW UNDERFLOW PLOSS    \
    TLOSS
#pragma GCC poison pascal cdecl CALLBACK WINAPI grp1 lst1 rad1 ch1 psh1 FAR NEAR IGNORE INFINITE UNICODE
// <termios.h>, <sys/ioctl.h>, <sys/param.h>, <curses.h>
#pragma GCC poison B0 B50 B75 B110 B9600 CR0 CR1 NL0 TAB0 BS0 VT0 FF0 ECHO ICANON CLOCAL CSIZE
#pragma GCC poison NBBY NGROUPS MAXPATHLEN OK ERR stdscr LINES COLS
// <ctype.h> of newlib, <tchar.h>
#pragma GCC poison _U _L _N _S _P _C _X _B _A _T
// Arduino.h, Qt, Objective-C
#pragma GCC poison HIGH LOW INPUT OUTPUT DEFAULT EXTERNAL CHANGE FALLING RISING PI HALF_PI TWO_PI DEG_TO_RAD EULER     \
    SERIAL
#pragma GCC poison B1 B00 B01 B10 B11 B000 B0000 B1111 F_CPU signals slots emit foreach forever nil Nil YES NO
// What a compiler defines for its system, outside -std=c++20, beside unix and linux.
#pragma GCC poison i386 sun vax mips sparc PPC

// Macros with parameters stand in nobody's way who does not call what has their name: <X11/Xos.h>, <sys/sysmacros.h>,
// <sys/param.h>, <AssertMacros.h>, Arduino.h.
#define index(string, character) @index @
#define rindex(string, character) @rindex @
#define major(device) @major @
#define minor(device) @minor @
#define makedev(major, minor) @makedev @
#define roundup(x, y) @roundup @
#define howmany(x, y) @howmany @
#define check(assertion) @check @
#define verify(assertion) @verify @
#define require(assertion, label) @require @
#define bit(b) @bit @
#define sq(x) @sq @
#define F(text) @F @

#include "summit_headers.hpp"
