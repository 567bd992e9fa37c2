// Gives the precompiled headers (precompiled.cmake) a target to belong to.
