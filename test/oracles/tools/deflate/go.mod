module deflate

go 1.26.0
