"""What the API says: types, inputs and their edges. A field here can load, but never act."""
