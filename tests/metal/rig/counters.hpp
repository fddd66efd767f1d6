// SPDX-License-Identifier: MIT
#pragma once

// What the rig tells the tests.
extern "C" {
int rig_live_objects();      ///< objects of the framework that somebody still holds
unsigned long rig_threads(); ///< threads simulated so far
int rig_fast_libraries();    ///< libraries that were compiled with fast math
}
